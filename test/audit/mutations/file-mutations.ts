import type { Place } from '../../../src/audit/finding.ts';
import type { CarSection } from '../../../src/audit/scan-car.ts';
import type { SeededRandom } from '../../../src/base/seeded-random.ts';
import { type BaseBundle, type Expectation, type Mutation, type MutationKind, pick } from './case.ts';

/** Changes of the file as it lies: nobody repaired anything. */

const HEADER = 0;
/** The root, and with it the file, is refused; other sections are named by where they are or by what they are. */
function expectAt({ sections, places }: BaseBundle, section: CarSection): Expectation[] {
  if (section === sections[0]) return [{ codes: ['refused'], place: { offset: section.offset } }];
  const named = places.get(section.name) ?? [];
  return [
    {
      codes: ['audit/bundle-broken', 'audit/block-damaged', 'audit/block-unexpected', 'audit/block-missing'],
      place: { offset: section.offset },
    },
    ...named.map((place: Place): Expectation => ({ codes: ['audit/block-damaged'], place })),
  ];
}

const isOffline = (random: SeededRandom): boolean => random.integer(2) === 0;

function flipped(file: Buffer, byte: number, random: SeededRandom): Buffer {
  const copy = Buffer.from(file);
  copy[byte] = (copy[byte] ?? 0) ^ (1 << random.integer(8));
  return copy;
}

export const flipBlock: MutationKind = (base, random) => {
  const section = pick(base.sections, random);
  const byte = section.start + random.integer(section.length);
  return {
    file: flipped(base.file, byte, random),
    isOffline: isOffline(random),
    expected: expectAt(base, section),
    what: `a bit of byte ${byte}, in the block at ${section.offset}`,
  };
};

export const flipFraming: MutationKind = (base, random) => {
  const sections = [null, ...base.sections];
  const section = pick(sections, random);
  const first = base.sections[0]?.offset ?? 0;
  const [from, to] = section === null ? [HEADER, first] : [section.offset, section.start];
  const byte = from + random.integer(to - from);
  const headerGone: Expectation[] = [
    { codes: ['refused'], place: { offset: HEADER } },
    { codes: ['refused'], place: { offset: first } },
  ];
  return {
    file: flipped(base.file, byte, random),
    isOffline: isOffline(random),
    expected: section === null ? headerGone : expectAt(base, section),
    what: `a bit of byte ${byte}, in the framing of the block at ${from}`,
  };
};

/** What is told of a block that is gone. */
function expectMissing({ sections, places, study }: BaseBundle, section: CarSection): Expectation[] {
  if (section === sections[0]) return [{ codes: ['refused'], place: {} }];
  if (section.digest === study.evidence.study) return [{ codes: ['audit/manifest-mismatch'], place: {} }];
  const named = places.get(section.name);
  if (named === undefined) return [{ codes: ['audit/block-missing'], place: {} }];
  return named.map((place) => ({
    codes: ['audit/block-missing', 'audit/recipe-missing', 'audit/metrics-missing'],
    place: ofMix(section, place),
  }));
}

/** A missing recipe is told of the round that was mixed, the one before the contribution that names it. */
const ofMix = (_section: CarSection, { member, segment }: Place): Place => ({
  ...(member === undefined ? {} : { member }),
  ...(segment === undefined ? {} : { segment }),
});

export const truncate: MutationKind = (base, random) => {
  const length = random.integer(base.file.length);
  const cut = base.sections.find(({ start, length: bytes }) => start + bytes > length);
  if (cut === undefined) return null;
  const first = base.sections[0];
  const isRefused = first === undefined || length < first.start + first.length;
  return {
    file: base.file.subarray(0, length),
    isOffline: isOffline(random),
    expected: isRefused
      ? [{ codes: ['refused'], place: {} }]
      : cut.offset === length
        ? expectMissing(base, cut)
        : [{ codes: ['audit/bundle-broken'], place: { offset: cut.offset } }],
    what: `cut off at byte ${length}`,
  };
};

const bytesOf = ({ file }: BaseBundle, { offset, start, length }: CarSection): Buffer =>
  file.subarray(offset, start + length);

function rebuilt(base: BaseBundle, sections: readonly CarSection[]): Buffer {
  const header = base.file.subarray(0, base.sections[0]?.offset ?? 0);
  return Buffer.concat([header, ...sections.map((section) => bytesOf(base, section))]);
}

export const dropBlock: MutationKind = (base, random) => {
  const section = pick(base.sections, random);
  return {
    file: rebuilt(
      base,
      base.sections.filter((each) => each !== section),
    ),
    isOffline: isOffline(random),
    expected: expectMissing(base, section),
    what: `without the block at ${section.offset}`,
  };
};

/** The block at its new place, or, of an exchange, one of the two. */
const misplaced = (place: Place): Expectation => ({ codes: ['audit/block-unexpected'], place });

function lengthBefore(base: BaseBundle, sections: readonly CarSection[], index: number): number {
  return (
    (base.sections[0]?.offset ?? 0) +
    sections.slice(0, index).reduce((sum, each) => sum + bytesOf(base, each).length, 0)
  );
}

export const duplicateBlock: MutationKind = (base, random) => {
  const section = pick(base.sections, random);
  const at = 1 + random.integer(base.sections.length);
  const sections = base.sections.toSpliced(at, 0, section);
  const copies = sections.flatMap((each, i) => (each === section ? [lengthBefore(base, sections, i)] : []));
  return {
    file: rebuilt(base, sections),
    isOffline: isOffline(random),
    expected: copies.map((offset) => misplaced({ offset })),
    what: `the block at ${section.offset} once more`,
  };
};

export const swapBlocks: MutationKind = (base, random) => {
  const [i, j] = [random.integer(base.sections.length), random.integer(base.sections.length)];
  const [one, other] = [base.sections[i], base.sections[j]];
  if (i === j || one === undefined || other === undefined) return null;
  const sections = base.sections.with(i, other).with(j, one);
  return {
    file: rebuilt(base, sections),
    isOffline: isOffline(random),
    expected: [i, j].map((index) => misplaced({ offset: lengthBefore(base, sections, index) })),
    what: `the blocks at ${one.offset} and ${other.offset} exchanged`,
  };
};

/** The names stay where they were, and the bytes change places: both are named. */
export const swapBytes: MutationKind = (base, random) => {
  const [one, other] = [pick(base.sections.slice(1), random), pick(base.sections.slice(1), random)];
  if (one.length !== other.length || one.digest === other.digest) return null;
  const file = Buffer.from(base.file);
  base.file.copy(file, one.start, other.start, other.start + other.length);
  base.file.copy(file, other.start, one.start, one.start + one.length);
  return {
    file,
    isOffline: isOffline(random),
    expected: expectAt(base, one),
    what: `the bytes of the blocks at ${one.offset} and ${other.offset} exchanged`,
  };
};

export const appendRubbish: MutationKind = (base, random) => {
  const rubbish = Buffer.from(Array.from({ length: 1 + random.integer(64) }, () => random.integer(256)));
  const mutation: Mutation = {
    file: Buffer.concat([base.file, rubbish]),
    isOffline: isOffline(random),
    expected: [{ codes: ['audit/bundle-broken'], place: { offset: base.file.length } }],
    what: `${rubbish.length} bytes behind the end`,
  };
  return mutation;
};
