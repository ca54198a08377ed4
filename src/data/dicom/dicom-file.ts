import { inflateRawSync } from 'node:zlib';
import dicomParser, { type DataSet } from 'dicom-parser';
import { imageError } from '../images/image-error.ts';
import { MAX_INFLATE_RATIO, MAX_INFLATED_BYTES, SMALL_BYTES } from '../images/image-limits.ts';

const PREAMBLE_BYTES = 128;
const MAGIC = Buffer.from('DICM', 'latin1');
const IMPLICIT_LITTLE = '1.2.840.10008.1.2';
const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
const EXPLICIT_BIG = '1.2.840.10008.1.2.2';
/** Elements are read up to this one and not beyond: what follows the pixels is padding and signatures. */
const PIXEL_DATA = 'x7fe00010';
const MAX_SEQUENCE_DEPTH = 32;

/** A DICOM file's elements up to its pixels, not yet interpreted. */
export interface DicomFile {
  readonly path: string;
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
  /** What `dataOffset` counts in: the file's bytes, or what a deflated file inflates to. */
  readonly bytes: Buffer;
}

/** How a file without a meta header is encoded, if it seems to be DICOM at all. */
type Bare = 'meta' | typeof IMPLICIT_LITTLE | typeof EXPLICIT_LITTLE | typeof EXPLICIT_BIG;

/** True if the file has the DICOM mark, or starts with an element as old files without a meta header do. */
export function isDicom(bytes: Buffer): boolean {
  return hasMark(bytes) || bareEncoding(bytes) !== null;
}

/**
 * Parses a DICOM file up to its pixels; files without preamble or meta header are read too. Sequences are held to 32 levels, and a
 * deflated data set to 64 MiB.
 *
 * Source: DICOM PS3.5 and PS3.10.
 * @throws DataError `data/bad-image`, `data/unsupported-image` or `data/too-large`
 */
export function parseDicomFile(path: string, bytes: Buffer): DicomFile {
  const bare = hasMark(bytes) ? null : bareEncoding(bytes);
  // A meta header without preamble is given one, so that it is found where it belongs.
  const whole = bare === 'meta' ? Buffer.concat([Buffer.alloc(PREAMBLE_BYTES), MAGIC, bytes]) : bytes;
  const dataSet = parse(path, whole, bare !== null && bare !== 'meta' ? bare : undefined);
  checkDepth(path, dataSet);
  const stated = bare === null || bare === 'meta' ? dataSet.string('x00020010') : bare;
  return { path, dataSet, transferSyntax: stated ?? '', bytes: Buffer.from(dataSet.byteArray) };
}

function parse(path: string, bytes: Buffer, transferSyntax: string | undefined): DataSet {
  const inflater = (whole: Uint8Array, position: number) => inflated(path, whole, position);
  const assumed = transferSyntax === undefined ? {} : { TransferSyntaxUID: transferSyntax };
  try {
    return dicomParser.parseDicom(bytes, { untilTag: PIXEL_DATA, inflater, ...assumed });
  } catch (thrown) {
    const inner = innermost(thrown);
    if (inner instanceof Error && 'code' in inner) throw inner;
    const reason = `has a damaged element${inner instanceof RangeError ? ', or sequences nested too deeply' : ''}`;
    const place = lastSound(thrown);
    const offset = place === undefined ? undefined : Math.min(place, bytes.length);
    throw imageError(path, { code: 'data/bad-image', reason, offset });
  }
}

/** The parser wraps what it throws, with the elements that it had read by then. */
function innermost(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'exception' in thrown ? thrown.exception : thrown;
}

/** Where the last element that could be read ends. */
function lastSound(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('dataSet' in thrown)) return undefined;
  const elements = Object.values((thrown.dataSet as DataSet).elements);
  return elements.reduce((last, { dataOffset, length }) => Math.max(last, dataOffset + length), 0);
}

function inflated(path: string, whole: Uint8Array, position: number): Buffer {
  const deflated = whole.subarray(position);
  const most = Math.min(MAX_INFLATED_BYTES, Math.max(SMALL_BYTES, MAX_INFLATE_RATIO * deflated.length));
  try {
    return Buffer.concat([whole.subarray(0, position), inflateRawSync(deflated, { maxOutputLength: most })]);
  } catch (cause) {
    const isBomb = cause instanceof RangeError;
    const reason = isBomb ? `unpacks to more than ${most} bytes` : 'does not decompress';
    throw imageError(path, { code: isBomb ? 'data/too-large' : 'data/bad-image', reason, offset: position });
  }
}

/** The parser recurses without a limit of its own; whatever came through is measured here, without recursion. */
function checkDepth(path: string, root: DataSet): void {
  let level: DataSet[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    const items = level.flatMap((dataSet) => Object.values(dataSet.elements).flatMap((element) => element.items ?? []));
    if (depth >= MAX_SEQUENCE_DEPTH && items.length > 0) {
      const reason = `nests sequences more than ${MAX_SEQUENCE_DEPTH} deep`;
      throw imageError(path, { code: 'data/bad-image', reason, offset: items[0]?.dataOffset });
    }
    level = items.map(({ dataSet }) => dataSet).filter((dataSet) => dataSet !== undefined);
  }
}

function hasMark(bytes: Buffer): boolean {
  return bytes.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + MAGIC.length).equals(MAGIC);
}

function bareEncoding(bytes: Buffer): Bare | null {
  if (bytes.length < 16) return null;
  const isExplicit = /^[A-Z]{2}$/.test(bytes.toString('latin1', 4, 6));
  const [little, big] = [bytes.readUInt16LE(0), bytes.readUInt16BE(0)];
  if (little === 0x0002 && isExplicit) return 'meta';
  if (little === 0x0008 && isExplicit) return EXPLICIT_LITTLE;
  if (big === 0x0008 && isExplicit) return EXPLICIT_BIG;
  return little === 0x0008 && bytes.readUInt32LE(4) < 256 ? IMPLICIT_LITTLE : null;
}
