import { imageError } from '../images/image-error.ts';
import { bytesOf } from './dicom-values.ts';
import { type OpenDicom, offsetOf } from './open-dicom.ts';

const PIXEL_DATA = 0x7fe00010;
const ITEM = 0xfffee000;
const HEADER_BYTES = 8;
/** How the frames of JPEG (and JPEG-LS) and JPEG 2000 start. */
const STARTS = [0xffd8, 0xff4f];

interface Fragment {
  /** Where the item's header lies, counted from the first fragment's. */
  readonly place: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The compressed bytes of each frame of encapsulated pixel data. Fragments are joined by the basic offset table; without one,
 * one frame has them all, or each frame has one, or a frame starts where a codestream does.
 *
 * Source: DICOM PS3.5, annex A.4.
 * @throws DataError `data/bad-image` with the offset of the item that is wrong
 */
export function encodedFrames(file: OpenDicom, frames: number): Buffer[] {
  const bytes = file.elements.get(PIXEL_DATA)?.value.kind === 'fragments' ? bytesOf(file, PIXEL_DATA) : null;
  if (!bytes) throw bad(file, 'has no fragment of pixel data');
  const [table, ...fragments] = items(file, bytes);
  if (!table || fragments.length === 0) throw bad(file, 'has no fragment of pixel data');
  const groups = grouped(bytes, { table, fragments, frames });
  if (groups.length < frames) throw bad(file, `has ${fragments.length} fragments, which make no ${frames} frames`);
  return groups.map((group) => Buffer.concat(group.map((fragment) => bytes.subarray(fragment.start, fragment.end))));
}

function items(file: OpenDicom, bytes: Buffer): Fragment[] {
  const found: Fragment[] = [];
  let first = 0;
  for (let at = 0; at < bytes.length; ) {
    const tag = at + HEADER_BYTES <= bytes.length ? bytes.readUInt16LE(at) * 0x10000 + bytes.readUInt16LE(at + 2) : 0;
    const end = tag === ITEM ? at + HEADER_BYTES + bytes.readUInt32LE(at + 4) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw bad(file, 'has pixel data whose fragments do not follow each other', at);
    if (found.length === 1) first = at;
    found.push({ place: at - first, start: at + HEADER_BYTES, end });
    at = end;
  }
  return found;
}

interface Encapsulated {
  readonly table: Fragment;
  readonly fragments: readonly Fragment[];
  readonly frames: number;
}

function grouped(bytes: Buffer, { table, fragments, frames }: Encapsulated): Fragment[][] {
  if (frames === 1) return [[...fragments]];
  if (fragments.length === frames) return fragments.map((fragment) => [fragment]);
  const starts = table.end > table.start ? tableStarts(bytes, table) : codestreamStarts(bytes, fragments);
  const groups: Fragment[][] = [];
  for (const fragment of fragments) {
    if (starts.has(fragment.place) || groups.length === 0) groups.push([]);
    groups.at(-1)?.push(fragment);
  }
  return groups;
}

function tableStarts(bytes: Buffer, { start, end }: Fragment): Set<number> {
  const count = Math.floor((end - start) / 4);
  return new Set(Array.from({ length: count }, (_, index) => bytes.readUInt32LE(start + 4 * index)));
}

function codestreamStarts(bytes: Buffer, fragments: readonly Fragment[]): Set<number> {
  const starting = fragments.filter(({ start, end }) => end - start >= 2 && STARTS.includes(bytes.readUInt16BE(start)));
  return new Set(starting.map(({ place }) => place));
}

function bad(file: OpenDicom, reason: string, within = 0) {
  return imageError(file.path, { code: 'data/bad-image', reason, offset: offsetOf(file, PIXEL_DATA) + within });
}
