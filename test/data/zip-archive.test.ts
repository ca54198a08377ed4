import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { isConsiliumError } from '../../src/base/errors.ts';
import { MAX_ZIP_MEMBERS, readZip } from '../../src/data/zip-archive.ts';

const END_BYTES = 22;

function archive(members: Record<string, Uint8Array>, level: 0 | 6 = 6): Buffer {
  return Buffer.from(zipSync(members, { level }));
}

/** Where the directory's first entry begins. */
function directoryOf(bytes: Buffer): number {
  return bytes.readUInt32LE(bytes.length - END_BYTES + 16);
}

/** The code of the refusal, or null if the archive was read. */
function refusalOf(bytes: Buffer): string | null {
  try {
    readZip('/somewhere/file.npz', bytes);
    return null;
  } catch (thrown) {
    if (isConsiliumError(thrown)) return thrown.code;
    throw thrown;
  }
}

const text = Buffer.from('the same words again, the same words again, the same words again');

test.each([0, 6] as const)('gives members back as they were, compression level %i', (level) => {
  const { members } = readZip('file.npz', archive({ 'a.npy': text, 'empty.npy': new Uint8Array(0) }, level));
  expect(members.get('a.npy')).toEqual({ bytes: text, offset: 0 });
  expect(members.get('empty.npy')?.bytes).toHaveLength(0);
});

test('finds the directory before a comment', () => {
  const bytes = archive({ 'a.npy': text });
  bytes.writeUInt16LE(5, bytes.length - 2);
  expect(readZip('file.npz', Buffer.concat([bytes, Buffer.from('hello')])).members.size).toBe(1);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('label,x\n1,2\n'.repeat(50))],
  ['a pickle', Buffer.from('\x80\x04\x95', 'latin1')],
])('refuses %s', (_, bytes) => expect(refusalOf(bytes)).toBe('data/bad-archive'));

test('refuses an archive cut off at any byte', () => {
  const whole = archive({ 'a.npy': text });
  for (let length = 0; length < whole.length; length++)
    expect(refusalOf(whole.subarray(0, length))).toBe('data/bad-archive');
});

test('refuses a flipped bit in the data', () => {
  const bytes = archive({ 'a.npy': text }, 0);
  const at = bytes.indexOf('again');
  bytes[at] = (bytes[at] as number) ^ 1;
  expect(refusalOf(bytes)).toBe('data/bad-archive');
});

test.each([
  ['an encrypted member', 8, 1],
  ['an unknown method', 10, 99],
  ['a data offset behind the end', 42, 2 ** 30],
])('refuses %s', (_, field, value) => {
  const bytes = archive({ 'a.npy': text });
  const position = directoryOf(bytes) + field;
  if (field === 42) bytes.writeUInt32LE(value, position);
  else bytes.writeUInt16LE(value, position);
  expect(refusalOf(bytes)).toBe('data/bad-archive');
});

test('refuses a member that unpacks to more than it states, without unpacking it', () => {
  const bytes = archive({ 'a.npy': new Uint8Array(32 * 2 ** 20) });
  bytes.writeUInt32LE(1000, directoryOf(bytes) + 24);
  const start = process.memoryUsage().arrayBuffers;
  expect(refusalOf(bytes)).toBe('data/bad-archive');
  expect(process.memoryUsage().arrayBuffers - start).toBeLessThan(8 * 2 ** 20);
});

test('refuses a compression bomb by its ratio, by its size, and by the size of all members', () => {
  expect(refusalOf(archive({ 'a.npy': new Uint8Array(8 * 2 ** 20) }))).toBe('data/too-large');
  const stated = (size: number, members: number): Buffer => {
    const noise = Uint8Array.from({ length: 20_000 }, (_, index) => (index * index * 31) % 251);
    const bytes = archive(
      Object.fromEntries(Array.from({ length: members }, (_, index) => [`${index}.npy`, noise])),
      0,
    );
    for (
      let entry = directoryOf(bytes), left = members;
      left > 0;
      left--, entry += 46 + bytes.readUInt16LE(entry + 28)
    ) {
      bytes.writeUInt32LE(size, entry + 24);
    }
    return bytes;
  };
  expect(refusalOf(stated(0xffffffff, 1))).toBe('data/too-large');
  expect(refusalOf(stated(3 * 2 ** 20, 64))).toBe('data/too-large');
  // Control: below all three limits, the lie is only found when the member is read.
  expect(refusalOf(stated(3 * 2 ** 20, 2))).toBe('data/bad-archive');
});

test('refuses more members than an array file ever has', () => {
  const members = (count: number) =>
    archive(Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}.npy`, text])));
  expect(readZip('file.npz', members(MAX_ZIP_MEMBERS)).members.size).toBe(MAX_ZIP_MEMBERS);
  expect(refusalOf(members(MAX_ZIP_MEMBERS + 1))).toBe('data/too-large');
});

test('a name is a key and never a path', () => {
  const { members } = readZip('file.npz', archive({ '../../etc/passwd': text, '/absolute.npy': text }));
  expect([...members.keys()]).toEqual(['../../etc/passwd', '/absolute.npy']);
});

test('refuses two members of one name', () => {
  const bytes = archive({ 'a.npy': text, 'b.npy': text });
  for (let at = bytes.indexOf('b.npy'); at >= 0; at = bytes.indexOf('b.npy', at)) bytes.write('a', at);
  expect(refusalOf(bytes)).toBe('data/bad-archive');
});
