import { fileURLToPath } from 'node:url';
import { deflateRawSync, gzipSync } from 'node:zlib';
import type { SeededRandom } from '../../../src/base/seeded-random.ts';
import { dicomBytes, elementBytes, greyDicom, nestedSequence } from '../../data/dicom/dicom-bytes.ts';
import { plainJpeg } from '../../data/images/image-folder.ts';
import { niftiBytes } from '../../data/images/nifti-bytes.ts';
import { chunksOf, headerChunk, pngBytes } from '../../data/images/png-bytes.ts';
import { npy, validMembers, zip } from '../../data/npz-builder.ts';
import { compressedDicoms } from './compressed-dicoms.ts';
import { ANY_MUTATORS, interestingNumber, MIN_MUTATED_BYTES, type Mutator, pick } from './mutators.ts';
import { pngSeeds } from './png-seeds.ts';
import { TABLE_MUTATORS, tableSeeds } from './table-seeds.ts';

/** A file format: sound files to start from, and what is done to them. */
export interface FuzzedFormat {
  readonly name: string;
  readonly seeds: () => Promise<Buffer[]>;
  readonly mutators: readonly Mutator[];
  /** The script that reads, if it is not the one for images. */
  readonly entry?: string;
}

const pixels = (count: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: count }, (_, index) => (index * 31) % 251));

/** Lies about one element leave the rest of a file sound, so they are told more often. */
const LIES = [lieInElement, lieInElement, lieInElement];
const DEFLATED = '1.2.840.10008.1.2.1.99';
const EMPTY = Buffer.alloc(2 ** 27);

/** Large bombs take as long to refuse as a hundred other files. */
const SMALL_BOMBS_PER_LARGE = 15;

/** A MiB of nothing, or sometimes 16 or 128, packed when they are first needed. */
function bombs(pack: (bytes: Buffer) => Buffer): (random: SeededRandom) => Buffer {
  let made: readonly Buffer[] | undefined;
  return (random) => {
    const [small, ...large] = (made ??= [20, 24, 27].map((power) => pack(EMPTY.subarray(0, 2 ** power))));
    return random.integer(SMALL_BOMBS_PER_LARGE + 1) === 0 ? pick(large, random) : (small as Buffer);
  };
}

const rawBombs = bombs((bytes) =>
  deflateRawSync(Buffer.concat([elementBytes(['00280010', 'US', 16]), bytes]), { level: 1 }),
);
const gzipBombs = bombs((bytes) => gzipSync(bytes, { level: 1 }));

export const FUZZED_FORMATS: readonly FuzzedFormat[] = [
  {
    name: 'dicom',
    seeds: () => Promise.resolve(nativeDicoms()),
    mutators: [...ANY_MUTATORS, ...LIES, nestDeeply, deflateBomb],
  },
  { name: 'dicom-compressed', seeds: compressedDicoms, mutators: [...ANY_MUTATORS, ...LIES] },
  {
    name: 'png',
    seeds: () => Promise.resolve(pngSeeds()),
    mutators: [...ANY_MUTATORS, soundChecksums, pngBomb, pngHeaderLie],
  },
  { name: 'jpeg', seeds: () => Promise.resolve(jpegs()), mutators: ANY_MUTATORS },
  { name: 'npz', seeds: () => Promise.resolve([zip(validMembers())]), mutators: [...ANY_MUTATORS, damagedMember] },
  { name: 'nifti', seeds: () => Promise.resolve(niftis()), mutators: [...ANY_MUTATORS, zippedDamage, gzipBomb] },
  {
    name: 'csv',
    seeds: () => Promise.resolve(tableSeeds()),
    mutators: [...ANY_MUTATORS, ...TABLE_MUTATORS],
    entry: fileURLToPath(new URL('./table-reader.ts', import.meta.url)),
  },
];

function nativeDicoms(): Buffer[] {
  const grey = greyDicom(16, pixels(256), [
    ['00281050', 'DS', '40'],
    ['00281051', 'DS', '400'],
    ['00281052', 'DS', '-1024'],
    ['00281053', 'DS', '1'],
  ]);
  const frames = greyDicom(8, pixels(256), [['00280008', 'IS', '4'], nestedSequence(3)]);
  return [
    dicomBytes(grey),
    dicomBytes(frames),
    dicomBytes(grey).subarray(132),
    deflated(Buffer.concat(frames.map(elementBytes))),
  ];
}

/** A deflated file around the bytes of a data set. */
function deflated(dataset: Buffer): Buffer {
  return Buffer.concat([dicomBytes([], DEFLATED), deflateRawSync(dataset)]);
}

/** Overwrites the value of an element of group 0028, whatever it is. */
function lieInElement(bytes: Buffer, random: SeededRandom): Buffer {
  const copy = Buffer.from(bytes);
  const places: number[] = [];
  for (let at = copy.indexOf('\x28\x00', 0, 'latin1'); at >= 0; at = copy.indexOf('\x28\x00', at + 1, 'latin1'))
    places.push(at);
  const place = places[random.integer(Math.max(1, places.length))] ?? 0;
  if (place + 10 <= copy.length) copy.writeUInt16LE(interestingNumber(random) % 0x10000, place + 8);
  return copy;
}

function nestDeeply(_: Buffer, random: SeededRandom): Buffer {
  return dicomBytes(
    greyDicom(16, pixels(256), [nestedSequence(1 + random.integer(random.integer(8) === 0 ? 2_000 : 60))]),
  );
}

function deflateBomb(_: Buffer, random: SeededRandom): Buffer {
  return Buffer.concat([dicomBytes([], DEFLATED), rawBombs(random)]);
}

function jpegs(): Buffer[] {
  const exif = Buffer.from('ffe1002245786966000049492a0008000000010012010300010000000600000000000000', 'hex');
  const jpeg = plainJpeg(24, 16, [200, 100, 50]);
  return [jpeg, plainJpeg(8, 8, [0, 0, 0]), Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)])];
}

/** Damage that no checksum betrays. */
function soundChecksums(bytes: Buffer, random: SeededRandom, donor: Buffer): Buffer {
  const chunks = chunksOf(bytes);
  if (chunks.length === 0) return bytes;
  const hit = random.integer(chunks.length);
  const mutator = pick(ANY_MUTATORS, random);
  return pngBytes(
    chunks.map(([type, data], index) => [
      type,
      index === hit && data.length >= MIN_MUTATED_BYTES ? mutator(data, random, donor) : data,
    ]),
  );
}

function pngHeaderLie(bytes: Buffer, random: SeededRandom): Buffer {
  const options = { depth: 1 << random.integer(6), colour: random.integer(8), interlace: random.integer(3) };
  const header = headerChunk(interestingNumber(random), interestingNumber(random), options);
  return pngBytes([header, ...chunksOf(bytes).slice(1)]);
}

function pngBomb(bytes: Buffer, random: SeededRandom): Buffer {
  const bomb = gzipBombs(random);
  return pngBytes(
    chunksOf(bytes).flatMap((chunk) =>
      chunk[0] === 'IDAT' ? [['zTXt', bomb] as const, ['IDAT', bomb] as const] : [chunk],
    ),
  );
}

/** An archive that is sound, around an array that is not. */
function damagedMember(_: Buffer, random: SeededRandom): Buffer {
  const members = validMembers();
  const names = Object.keys(members);
  const name = pick(names, random);
  const member = Buffer.from(members[name] ?? npy({ shape: [1], data: new Uint8Array(1) }));
  const mutator = pick(ANY_MUTATORS, random);
  return zip({ ...members, [name]: mutator(member, random, member) });
}

function niftis(): Buffer[] {
  const bytes = niftiBytes({ sides: [8, 8, 4], voxels: pixels(256) });
  const floats = Buffer.from(Float32Array.from(pixels(192)).buffer);
  return [bytes, niftiBytes({ sides: [8, 8, 3], type: [16, 32], voxels: floats, slope: 2 }), gzipSync(bytes)];
}

function zippedDamage(bytes: Buffer, random: SeededRandom, donor: Buffer): Buffer {
  const mutator = pick(ANY_MUTATORS, random);
  return gzipSync(mutator(bytes, random, donor), { level: 1 });
}

function gzipBomb(bytes: Buffer, random: SeededRandom): Buffer {
  // A gzip file may have several members, which unpack to one.
  return Buffer.concat([gzipSync(bytes, { level: 1 }), gzipBombs(random)]);
}
