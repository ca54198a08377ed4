import type { SeededRandom } from '../../../src/base/seeded-random.ts';

type Mutation = (bytes: Buffer, random: SeededRandom, others: readonly Uint8Array[]) => Buffer;

const place = (bytes: Buffer, random: SeededRandom): number => random.integer(Math.max(1, bytes.length));

const flipBit: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  const at = place(bytes, random);
  if (changed.length > 0) changed[at] = (changed[at] ?? 0) ^ (1 << random.integer(8));
  return changed;
};

const setByte: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  if (changed.length > 0)
    changed[place(bytes, random)] = [0, 1, 0x7f, 0x80, 0xff, random.integer(256)][random.integer(6)] ?? 0;
  return changed;
};

const truncate: Mutation = (bytes, random) => bytes.subarray(0, place(bytes, random));

const trail: Mutation = (bytes, random) =>
  Buffer.concat([bytes, Buffer.alloc(1 + random.integer(64), random.integer(256))]);

/** A length that says more, or less, than there is: CBOR heads with a long argument, and varints without end. */
const lieAboutLength: Mutation = (bytes, random) => {
  const lies = [
    [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0x5a, 0x7f, 0xff, 0xff, 0xff],
    [0xbb, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
    [0x7a, 0xff, 0xff, 0xff, 0xff],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
    [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
    [0x9f],
    [0xbf],
  ];
  const at = place(bytes, random);
  return Buffer.concat([
    bytes.subarray(0, at),
    Buffer.from(lies[random.integer(lies.length)] ?? []),
    bytes.subarray(at + 1),
  ]);
};

const nest: Mutation = (bytes, random) => {
  const depth = 1 + random.integer(2000);
  const opening = [0x81, 0xa1, 0xd8, 0x0a][random.integer(4)] ?? 0x81;
  return Buffer.concat([Buffer.alloc(depth, opening), bytes]);
};

const repeatPart: Mutation = (bytes, random) => {
  const [a, b] = [place(bytes, random), place(bytes, random)].toSorted((x, y) => x - y);
  const part = bytes.subarray(a, b);
  return Buffer.concat([
    bytes.subarray(0, b),
    ...Array.from({ length: 1 + random.integer(8) }, () => part),
    bytes.subarray(b ?? 0),
  ]);
};

const splice: Mutation = (bytes, random, others) => {
  const other = Buffer.from(others[random.integer(others.length)] ?? bytes);
  return Buffer.concat([bytes.subarray(0, place(bytes, random)), other.subarray(place(other, random))]);
};

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  setByte,
  truncate,
  trail,
  lieAboutLength,
  nest,
  repeatPart,
  splice,
];

/** One frame with one to three things wrong with it. @param corpus sound frames to begin with, and to cut parts from */
export function mutateFrame(corpus: readonly Uint8Array[], random: SeededRandom): Uint8Array {
  let bytes: Buffer = Buffer.from(corpus[random.integer(corpus.length)] ?? new Uint8Array());
  for (let times = 1 + random.integer(3); times > 0; times--) {
    bytes = MUTATIONS[random.integer(MUTATIONS.length)]?.(bytes, random, corpus) ?? bytes;
  }
  return bytes;
}
