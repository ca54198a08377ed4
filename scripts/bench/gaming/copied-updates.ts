import { findCopies, type RecordedUpdate } from '../../../src/audit/find-copies.ts';
import { createSketcher, emptySketch, type Sketch } from '../../../src/audit/update-sketch.ts';
import { toHex } from '../../../src/base/bytes.ts';
import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { rootOfDigests, segmentModel } from '../../../src/protocol/segments.ts';
import type { GamingRow } from './gaming-row.ts';
import type { PlayedRound } from './play-study.ts';

const sketcher = createSketcher('a head that nobody knew');

function sketch(vector: Float32Array): Sketch {
  const made = emptySketch();
  sketcher.add(made, vector, 0);
  return made;
}

/** An update as the log has it: round by round, members in order. */
export function record(
  played: readonly PlayedRound[],
  { round, position, update }: { round: number; position: number; update: Float32Array },
): RecordedUpdate {
  const digest = rootOfDigests(segmentModel(update, 4).digests);
  const base = played[round]?.base ?? update;
  const member = toHex(Uint8Array.of(position));
  return {
    position,
    member,
    round,
    sequence: 100 * round + position,
    digest,
    change: { from: sketch(base), to: sketch(update) },
  };
}

export function recordAll(played: readonly PlayedRound[]): RecordedUpdate[] {
  return played.flatMap(({ updates }, round) =>
    updates.map((update, position) => record(played, { round, position, update })),
  );
}

/** Cosines of the changes that altered copies have with what they were copied from. */
const COSINES = [1, 0.9999, 0.9991];

/**
 * A study of alike and honest members, to which one is added that copies: in each round somebody's update of this round or of an older one, as it
 * is or altered by noise, as parameters or as a change of its own base.
 */
export function measureCopies(played: readonly PlayedRound[]): GamingRow[] {
  const honest = recordAll(played);
  const { copies: wrong, replays } = findCopies(honest);
  const members = played[0]?.updates.length ?? 0;
  const random = createSeededRandom('copied-updates');
  const copied = played.flatMap((_, round) => {
    const [from, victim] = [random.integer(round + 1), random.integer(members)];
    const cosine = COSINES[round % COSINES.length] ?? 1;
    const update = copyOf(played, { round, from, victim }, { cosine, asChange: random.next() < 0.5 });
    return [record(played, { round, position: members, update })];
  });
  const found = findCopies([...honest, ...copied]).copies.filter(({ update }) => update.position === members).length;
  const alarms = new Set([...wrong, ...replays].map(({ update }) => update.sequence)).size;
  const figure = `of ${honest.length} honest updates, taken for copies or repeated`;
  return [
    {
      attack: 'copied updates',
      figure: `of ${copied.length} with a cosine above 0.999, not found; control: of equal digests`,
      defended: 100 * (1 - found / copied.length),
      control: 100 * (1 - equalDigests(honest, copied) / copied.length),
      unit: '%',
      most: 0,
    },
    { attack: 'none', figure, defended: (100 * alarms) / honest.length, control: null, unit: '%', most: 1 },
    ...measureReplays(played, honest),
  ];
}

function equalDigests(honest: readonly RecordedUpdate[], copied: readonly RecordedUpdate[]): number {
  const known = new Set(honest.map(({ digest }) => digest));
  return copied.filter(({ digest }) => known.has(digest)).length;
}

/** The last member sends an older update of its own, altered a little. */
function measureReplays(played: readonly PlayedRound[], honest: readonly RecordedUpdate[]): GamingRow[] {
  const position = (played[0]?.updates.length ?? 1) - 1;
  const replayed = played.slice(1).map((_, i) => {
    const original = { round: i + 1, from: i, victim: position };
    const update = copyOf(played, original, { cosine: 0.9995, asChange: false });
    const recorded = record(played, { round: i + 1, position, update });
    return { ...recorded, sequence: recorded.sequence + 1 };
  });
  const { replays } = findCopies([...honest, ...replayed]);
  const found = replayed.filter((each) => replays.some(({ update }) => update === each));
  const rounds = played.length - 1;
  const figure = `of ${rounds} own parameters of the round before, altered, not noticed`;
  return [
    {
      attack: 'replayed updates',
      figure,
      defended: 100 * (1 - found.length / rounds),
      control: null,
      unit: '%',
      most: 0,
    },
  ];
}

interface Original {
  readonly round: number;
  readonly from: number;
  readonly victim: number;
}

function copyOf(
  played: readonly PlayedRound[],
  { round, from, victim }: Original,
  { cosine, asChange }: { cosine: number; asChange: boolean },
): Float32Array {
  const base = played[round]?.base as Float32Array;
  const update = played[from]?.updates[victim] as Float32Array;
  const origin = asChange ? (played[from]?.base as Float32Array) : base;
  const change = update.map((value, k) => value - (origin[k] as number));
  const alteration = noiseAcross(change, Math.sqrt(1 / cosine ** 2 - 1), `${round}`);
  return base.map((value, k) => value + (change[k] as number) + (alteration[k] as number));
}

/** Noise at right angles to a vector, with a length in parts of the vector's. */
export function noiseAcross(vector: Float32Array, share: number, seed: string): Float32Array {
  const random = createSeededRandom(seed, 'noise');
  const noise = vector.map(() => random.next() - 0.5);
  const dot = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
  const along = dot(noise, vector) / dot(vector, vector);
  const across = noise.map((value, k) => value - along * (vector[k] as number));
  const scale = (share * Math.sqrt(dot(vector, vector))) / Math.sqrt(dot(across, across));
  return across.map((value) => scale * value);
}
