import { crc32, inflateRawSync } from 'node:zlib';
import { fileError } from './data-error.ts';

/** Limits on what an archive may ask of us; the sizes are those after decompression. */
export const MAX_ZIP_MEMBERS = 64;
const MAX_MEMBER_BYTES = 64 * 2 ** 20;
const MAX_ARCHIVE_BYTES = 128 * 2 ** 20;
/** Deflate reaches 1,032; images stay below 10. Members below {@link SMALL_MEMBER_BYTES} may be as regular as they like. */
const MAX_RATIO = 200;
const SMALL_MEMBER_BYTES = 2 ** 20;

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const ENCRYPTED = 0x1;
const STORED = 0;
const DEFLATED = 8;

/** A member, decompressed. */
export interface ZipMember {
  readonly bytes: Buffer;
  /** Where its header lies in the archive. */
  readonly offset: number;
}

/** What an archive holds. */
export interface ZipArchive {
  readonly members: ReadonlyMap<string, ZipMember>;
  /** Where it lists its members. */
  readonly directoryOffset: number;
}

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly localOffset: number;
  /** Where the directory states all this. */
  readonly offset: number;
}

/**
 * The members of a ZIP archive by name, decompressed. Sizes are checked before anything is decompressed, decompression
 * stops at the size that was stated, and checksums are verified. Encrypted, split and ZIP64 archives are refused; names are
 * only keys and are never used as paths.
 *
 * Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
 * @throws DataError `data/bad-archive` or `data/too-large`, with the offset of the record that is wrong
 */
export function readZip(path: string, bytes: Buffer): ZipArchive {
  const members = new Map<string, ZipMember>();
  const { entries, directoryOffset } = listEntries(path, bytes);
  checkSizes(path, entries);
  for (const entry of entries) {
    const { name, offset } = entry;
    if (members.has(name)) throw bad(path, `two members are called ${name}`, { offset });
    members.set(name, { bytes: extract(path, bytes, entry), offset: entry.localOffset });
  }
  return { members, directoryOffset };
}

function listEntries(path: string, bytes: Buffer): { entries: Entry[]; directoryOffset: number } {
  const end = findEnd(path, bytes);
  const count = bytes.readUInt16LE(end + 10);
  if (bytes.readUInt32LE(end + 4) !== 0) throw bad(path, 'is part of a split archive', { offset: end });
  if (count > MAX_ZIP_MEMBERS) throw tooLarge(path, `has ${count} members, more than ${MAX_ZIP_MEMBERS}`, end);
  const entries: Entry[] = [];
  const directoryOffset = bytes.readUInt32LE(end + 16);
  let offset = directoryOffset;
  for (let index = 0; index < count; index++) {
    if (offset + ENTRY_BYTES > end || bytes.readUInt32LE(offset) !== ENTRY_SIGNATURE) {
      throw bad(path, 'has a damaged directory', { offset });
    }
    const nameLength = bytes.readUInt16LE(offset + 28);
    entries.push(readEntry(bytes, offset, nameLength));
    offset += ENTRY_BYTES + nameLength + bytes.readUInt16LE(offset + 30) + bytes.readUInt16LE(offset + 32);
  }
  return { entries, directoryOffset };
}

/** The end record lies before a comment of any length, so it is searched for from the back. */
function findEnd(path: string, bytes: Buffer): number {
  const first = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT_BYTES);
  for (let offset = bytes.length - END_BYTES; offset >= first; offset--) {
    const fits =
      bytes.readUInt32LE(offset) === END_SIGNATURE &&
      offset + END_BYTES + bytes.readUInt16LE(offset + 20) === bytes.length;
    if (fits) return offset;
  }
  throw bad(path, 'is no ZIP archive, or its end is missing', { offset: bytes.length });
}

function readEntry(bytes: Buffer, offset: number, nameLength: number): Entry {
  return {
    offset,
    flags: bytes.readUInt16LE(offset + 8),
    method: bytes.readUInt16LE(offset + 10),
    crc: bytes.readUInt32LE(offset + 16),
    compressed: bytes.readUInt32LE(offset + 20),
    size: bytes.readUInt32LE(offset + 24),
    localOffset: bytes.readUInt32LE(offset + 42),
    name: bytes.toString('utf8', offset + ENTRY_BYTES, offset + ENTRY_BYTES + nameLength),
  };
}

function checkSizes(path: string, entries: readonly Entry[]): void {
  let total = 0;
  for (const { name, size, compressed, offset } of entries) {
    total += size;
    if (size > MAX_MEMBER_BYTES)
      throw tooLarge(path, `member ${name} unpacks to ${size} bytes, more than ${MAX_MEMBER_BYTES}`, offset);
    if (size > SMALL_MEMBER_BYTES && size > MAX_RATIO * compressed) {
      throw tooLarge(path, `member ${name} unpacks to more than ${MAX_RATIO} times its size`, offset);
    }
    if (total > MAX_ARCHIVE_BYTES) throw tooLarge(path, `unpacks to more than ${MAX_ARCHIVE_BYTES} bytes`, offset);
  }
}

function extract(path: string, bytes: Buffer, entry: Entry): Buffer {
  const { name, flags, method, crc, compressed, size, localOffset } = entry;
  if (flags & ENCRYPTED) throw bad(path, `member ${name} is encrypted`, { offset: localOffset });
  if (localOffset + LOCAL_BYTES > bytes.length || bytes.readUInt32LE(localOffset) !== LOCAL_SIGNATURE) {
    throw bad(path, `member ${name} is not where the directory says`, { offset: localOffset });
  }
  const start = localOffset + LOCAL_BYTES + bytes.readUInt16LE(localOffset + 26) + bytes.readUInt16LE(localOffset + 28);
  if (start + compressed > bytes.length) throw bad(path, `member ${name} is cut off`, { offset: localOffset });
  const data = decompress(path, bytes.subarray(start, start + compressed), entry);
  if (data.length !== size || crc32(data) !== crc)
    throw bad(path, `member ${name} is damaged (size or checksum, method ${method})`, { offset: localOffset });
  return data;
}

function decompress(path: string, data: Buffer, { name, method, size, localOffset }: Entry): Buffer {
  if (method === STORED) return data;
  if (method !== DEFLATED)
    throw bad(path, `member ${name} is compressed by method ${method}, not by deflate`, { offset: localOffset });
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw bad(path, `member ${name} does not decompress to its stated size`, { offset: localOffset, cause });
  }
}

function bad(path: string, reason: string, place: { offset: number; cause?: unknown }) {
  return fileError('data/bad-archive', path, {
    reason,
    remedy: 'write it again with numpy.savez_compressed',
    ...place,
  });
}

function tooLarge(path: string, reason: string, offset: number) {
  return fileError('data/too-large', path, { reason, remedy: 'use a smaller resolution or fewer samples', offset });
}
