import type { SeededRandom } from '../../../src/base/seeded-random.ts';

/** Makes a damaged copy of a file; `donor` is another file of the same format. */
export type Mutator = (bytes: Buffer, random: SeededRandom, donor: Buffer) => Buffer;

const INTERESTING_BYTES = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff];
const INTERESTING_NUMBERS = [
  0, 1, 2, 7, 0x7f, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];
const MAX_BLOCK_BYTES = 64;
/** Shorter files are left as they are. */
export const MIN_MUTATED_BYTES = 8;

/** Damage that needs no knowledge of the format. */
export const ANY_MUTATORS: readonly Mutator[] = [
  flipBits,
  setBytes,
  truncate,
  zeroTail,
  repeatBlock,
  deleteBlock,
  lieAboutNumber,
  splice,
];

/** One of some choices, of which there must be one. */
export function pick<T>(choices: readonly T[], random: SeededRandom): T {
  return choices[random.integer(choices.length)] as T;
}

/** Any number that a length, count or size might be. */
export function interestingNumber(random: SeededRandom): number {
  return pick(INTERESTING_NUMBERS, random);
}

function flipBits(bytes: Buffer, random: SeededRandom): Buffer {
  const copy = Buffer.from(bytes);
  for (let flips = 1 + random.integer(8); flips > 0; flips--) {
    const at = random.integer(copy.length);
    copy[at] = (copy[at] as number) ^ (1 << random.integer(8));
  }
  return copy;
}

function setBytes(bytes: Buffer, random: SeededRandom): Buffer {
  const copy = Buffer.from(bytes);
  const at = random.integer(copy.length);
  copy.fill(pick(INTERESTING_BYTES, random), at, Math.min(copy.length, at + 1 + random.integer(8)));
  return copy;
}

function truncate(bytes: Buffer, random: SeededRandom): Buffer {
  return bytes.subarray(0, random.integer(bytes.length));
}

function zeroTail(bytes: Buffer, random: SeededRandom): Buffer {
  return Buffer.from(bytes).fill(0, random.integer(bytes.length));
}

function repeatBlock(bytes: Buffer, random: SeededRandom): Buffer {
  const at = random.integer(bytes.length);
  const block = bytes.subarray(at, at + 1 + random.integer(MAX_BLOCK_BYTES));
  const times = 1 + random.integer(16);
  return Buffer.concat([bytes.subarray(0, at), ...Array.from({ length: times }, () => block), bytes.subarray(at)]);
}

function deleteBlock(bytes: Buffer, random: SeededRandom): Buffer {
  const at = random.integer(bytes.length);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.integer(MAX_BLOCK_BYTES))]);
}

/** Any place may be a length; headers, where most are, are hit more often. */
function lieAboutNumber(bytes: Buffer, random: SeededRandom): Buffer {
  const copy = Buffer.from(bytes);
  const reach = random.integer(2) === 0 ? copy.length : Math.min(copy.length, 512);
  const [at, number] = [random.integer(reach - 4), interestingNumber(random)];
  const write = [
    () => copy.writeUInt32LE(number, at),
    () => copy.writeUInt32BE(number, at),
    () => copy.writeUInt16LE(number % 0x10000, at),
    () => copy.writeUInt16BE(number % 0x10000, at),
  ][random.integer(4)];
  write?.();
  return copy;
}

function splice(bytes: Buffer, random: SeededRandom, donor: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, random.integer(bytes.length)), donor.subarray(random.integer(donor.length))]);
}
