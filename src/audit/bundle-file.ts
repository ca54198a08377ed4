import { documentName } from '../protocol/content-id.ts';
import { AuditError } from './audit-error.ts';
import type { ByteSource } from './byte-source.ts';
import { decodeChunk, decodeRoot, type EvidenceRoot, type RecordItem, type RecordList } from './evidence.ts';
import type { Finding, Place } from './finding.ts';
import { CHUNK_BYTES } from './record-chunks.ts';
import { type CarScan, type CarSection, scanCar } from './scan-car.ts';

/** A bundle's file: every block has been hashed, and is read when it is asked for. */
export interface BundleFile {
  readonly root: EvidenceRoot;
  readonly scan: CarScan;
  /** A block's bytes by its `blockName`, or null if it is not there or damaged. */
  read(name: string): Promise<Uint8Array | null>;
  /** A list's records in order, a chunk of them in memory; what cannot be read is left out and told. */
  items<L extends RecordList>(list: L, onFault: (fault: Finding) => void): AsyncGenerator<RecordItem<L>>;
}

/** Roots beyond this, of some thirty thousand chunks, are refused. */
const MAXIMUM_ROOT_BYTES = 4 * 1024 * 1024;

/** Room in a chunk for the head of its list, or for one record that is longer than a chunk. */
const CHUNK_SLACK_BYTES = 64 * 1024;

/** What is said of bytes that are no bundle. @param offset where in the file that shows */
export function bundleUnreadable(reason: string, offset: number | null, cause?: unknown): AuditError {
  const where = offset === null ? '' : ` at byte ${offset}`;
  const message = `this is not an evidence bundle (${reason}${where}); export it again`;
  return new AuditError('audit/bundle-unreadable', message, { details: { offset }, cause });
}

/**
 * Hashes every block of a bundle once, and gets it ready to be read.
 * @param onProgress told after each block how many bytes were hashed
 * @throws AuditError `audit/bundle-unreadable`, with the offset in the file, if it is no CAR file, or its root is missing or damaged
 */
export async function readBundleFile(source: ByteSource, onProgress?: (bytes: number) => void): Promise<BundleFile> {
  const scan = await scanCar(source, onProgress);
  const intact = new Map<string, CarSection>();
  for (const section of scan.sections) {
    if (section.isIntact && !intact.has(section.name)) intact.set(section.name, section);
  }
  const read = async (name: string): Promise<Uint8Array | null> => {
    const section = intact.get(name);
    if (section === undefined) return null;
    return source.read(section.start, section.length);
  };
  const root = await readRoot(scan, intact, read);
  return { root, scan, read, items: (list, onFault) => readItems({ root, scan, read }, list, onFault) };
}

async function readRoot(
  { root, broken, sections }: CarScan,
  intact: ReadonlyMap<string, CarSection>,
  read: BundleFile['read'],
): Promise<EvidenceRoot> {
  if (root === null) throw bundleUnreadable(broken?.reason ?? 'no header', broken?.offset ?? 0);
  const section = intact.get(documentName(root));
  const [first] = sections;
  if (section === undefined || section.length > MAXIMUM_ROOT_BYTES) {
    throw bundleUnreadable('the root block is missing, damaged or too long', first?.offset ?? broken?.offset ?? 0);
  }
  try {
    return decodeRoot((await read(documentName(root))) ?? new Uint8Array());
  } catch (cause) {
    throw bundleUnreadable('the root block is none of an evidence bundle', section.offset, cause);
  }
}

async function* readItems<L extends RecordList>(
  { root, scan, read }: Pick<BundleFile, 'root' | 'scan' | 'read'>,
  list: L,
  onFault: (fault: Finding) => void,
): AsyncGenerator<RecordItem<L>> {
  let first = 0;
  for (const { digest, items } of root[list]) {
    const section = scan.sections.find(({ name }) => name === documentName(digest));
    const place: Place = {
      ...(list === 'log' ? { sequence: first } : {}),
      ...(section === undefined ? {} : { offset: section.offset }),
    };
    const what = `records ${first} to ${first + items - 1} of the list ${list}`;
    const fault = (code: Finding['code'], message: string): void => onFault({ code, ...place, message });
    first += items;
    if (section === undefined) {
      fault('audit/block-missing', `${what} are not in the bundle`);
    } else if (!section.isIntact) {
      fault('audit/block-damaged', `the bytes of ${what} are not those of their digest`);
    } else if (section.length > CHUNK_BYTES + CHUNK_SLACK_BYTES) {
      fault('audit/records-unreadable', `${what} are longer than a chunk may be`);
    } else {
      const chunk = tryDecode(list, await read(section.name));
      if (chunk?.length === items) yield* chunk;
      else fault('audit/records-unreadable', `${what} cannot be read as records, or are not as many`);
    }
  }
}

function tryDecode<L extends RecordList>(list: L, bytes: Uint8Array | null): RecordItem<L>[] | null {
  try {
    return bytes === null ? null : decodeChunk(list, bytes);
  } catch {
    return null; // told by the caller, with its place
  }
}
