import { imageError } from '../images/image-error.ts';
import type { DicomFile } from './dicom-file.ts';

const ITEM = 0xfffee000;
const END_OF_SEQUENCE = 0xfffee0dd;
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
export function encodedFrames(file: DicomFile, frames: number): Buffer[] {
  const start = file.dataSet.elements['x7fe00010']?.dataOffset ?? 0;
  const [table, ...fragments] = items(file, start);
  if (!table || fragments.length === 0) throw bad(file, 'has no fragment of pixel data', start);
  const groups = grouped(file, { table, fragments, frames });
  if (groups.length < frames) {
    throw bad(file, `has ${groups.length} frames in ${fragments.length} fragments, not ${frames}`, start);
  }
  return groups.map((group) =>
    Buffer.concat(group.map((fragment) => file.bytes.subarray(fragment.start, fragment.end))),
  );
}

function items({ path, bytes }: DicomFile, start: number): Fragment[] {
  const found: Fragment[] = [];
  let first = start;
  for (let at = start; ; ) {
    const tag = at + HEADER_BYTES <= bytes.length ? bytes.readUInt16LE(at) * 0x10000 + bytes.readUInt16LE(at + 2) : 0;
    if (tag === END_OF_SEQUENCE) return found;
    if (tag !== ITEM)
      throw bad({ path }, 'has pixel data that is cut off, or whose fragments do not follow each other', at);
    const end = at + HEADER_BYTES + bytes.readUInt32LE(at + 4);
    if (end > bytes.length) throw bad({ path }, 'has a fragment of pixel data that is cut off', at);
    if (found.length === 1) first = at;
    found.push({ place: at - first, start: at + HEADER_BYTES, end });
    at = end;
  }
}

interface Encapsulated {
  readonly table: Fragment;
  readonly fragments: readonly Fragment[];
  readonly frames: number;
}

function grouped(file: DicomFile, { table, fragments, frames }: Encapsulated): Fragment[][] {
  if (frames === 1) return [[...fragments]];
  if (fragments.length === frames) return fragments.map((fragment) => [fragment]);
  const starts = table.end > table.start ? tableStarts(file, table) : codestreamStarts(file, fragments);
  const groups: Fragment[][] = [];
  for (const fragment of fragments) {
    if (starts.has(fragment.place) || groups.length === 0) groups.push([]);
    groups.at(-1)?.push(fragment);
  }
  return groups;
}

function tableStarts({ bytes }: DicomFile, { start, end }: Fragment): Set<number> {
  const count = Math.floor((end - start) / 4);
  return new Set(Array.from({ length: count }, (_, index) => bytes.readUInt32LE(start + 4 * index)));
}

function codestreamStarts({ bytes }: DicomFile, fragments: readonly Fragment[]): Set<number> {
  const starting = fragments.filter(({ start, end }) => end - start >= 2 && STARTS.includes(bytes.readUInt16BE(start)));
  return new Set(starting.map(({ place }) => place));
}

function bad({ path }: Pick<DicomFile, 'path'>, reason: string, offset: number) {
  return imageError(path, { code: 'data/bad-image', reason, offset });
}
