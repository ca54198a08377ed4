import { type Hex, sha256, toHex } from '../../../src/base/bytes.ts';
import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { planMix } from '../../../src/mixing/plan-mix.ts';
import { mixWeights } from '../../../src/model/mix.ts';
import { encodeSegment, segmentRange } from '../../../src/protocol/segments.ts';
import { initialVector, trainLocally } from '../perceptron.ts';
import type { Federation } from './federation.ts';

export type Topology = 'ring' | 'pulls of 2';

const SEGMENTS = 4;
const PULLS = 2;
export const WEIGHTS = { weightShareCap: 0.5, discount: 1 };

/** For each segment, mixing member and source the weight; rows sum to 1. */
export type MixingMatrix = readonly (readonly (readonly number[])[])[];

/** One round as everybody sees it who sees everything. */
export interface PlayedRound {
  /** What each member trained from, and what it came to. */
  readonly bases: readonly Float32Array[];
  readonly updates: readonly Float32Array[];
  readonly matrix: MixingMatrix;
}

export interface PlayedStudy {
  readonly rounds: readonly PlayedRound[];
  readonly finals: readonly Float32Array[];
}

export function initialOf({ network, seed }: Federation): Float32Array {
  return initialVector(network, createSeededRandom(seed, 'initial'));
}

/** Everybody trains and mixes with its neighbours, or with whom its own update chooses, as peers do. */
export function playStudy(federation: Federation, topology: Topology, rounds: number): PlayedStudy {
  const everybody = federation.members.map((_, i) => i);
  const played: PlayedRound[] = [];
  let bases: readonly Float32Array[] = everybody.map(() => initialOf(federation));
  for (let round = 0; round < rounds; round++) {
    const updates = trainAll(federation, { bases, round, coalition: everybody });
    const matrix = mixingMatrix(federation, { topology, round, updates });
    played.push({ bases, updates, matrix });
    bases = mixAll(matrix, updates);
  }
  return { rounds: played, finals: bases };
}

/**
 * The same study, in which only a coalition trains. The others hand on what they mixed, with the same weights: otherwise the worth of a place in
 * the network would be taken for the worth of data.
 * @returns the final models
 */
export function retrain(federation: Federation, study: PlayedStudy, coalition: readonly number[]): Float32Array[] {
  let bases = federation.members.map(() => initialOf(federation));
  for (const [round, { matrix }] of study.rounds.entries())
    bases = mixAll(matrix, trainAll(federation, { bases, round, coalition }));
  return bases;
}

interface Training {
  readonly bases: readonly Float32Array[];
  readonly round: number;
  readonly coalition: readonly number[];
}

function trainAll(federation: Federation, { bases, round, coalition }: Training): Float32Array[] {
  const { network, local, members, seed } = federation;
  return bases.map((base, i) => {
    const data = members[i]?.training ?? null;
    if (data === null || !coalition.includes(i)) return base;
    const random = createSeededRandom(`${seed}/${i}/${round}`, 'train');
    return trainLocally(network, base, data, { training: local, random });
  });
}

function mixAll(matrix: MixingMatrix, sources: readonly Float32Array[]): Float32Array[] {
  return sources.map((source, mixer) => mixSegments(sources, source, (segment) => matrix[segment]?.[mixer] ?? []));
}

/** A vector's segments, in order; views of it. */
export function segmentsOf(vector: Float32Array = new Float32Array(0)): Float32Array[] {
  return Array.from({ length: SEGMENTS }, (_, segment) => {
    const { start, end } = segmentRange(vector.length, SEGMENTS, segment);
    return vector.subarray(start, end);
  });
}

/** Segment by segment the weighted sum of the sources; where nobody has a weight the base stands. */
export function mixSegments(
  sources: readonly Float32Array[],
  base: Float32Array,
  weightsOf: (segment: number) => readonly number[],
): Float32Array {
  const mixed = base.slice();
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const weighed = weightsOf(segment).flatMap((weight, k) =>
      weight > 0 ? { weight, source: sources[k] as Float32Array } : [],
    );
    if (weighed.length === 0) continue;
    const { start, end } = segmentRange(base.length, SEGMENTS, segment);
    for (let k = start; k < end; k++) {
      let sum = 0;
      for (const { weight, source } of weighed) sum += weight * (source[k] as number);
      mixed[k] = sum;
    }
  }
  return mixed;
}

interface Mixing {
  readonly topology: Topology;
  readonly round: number;
  readonly updates: readonly Float32Array[];
}

function mixingMatrix({ members }: Federation, mixing: Mixing): MixingMatrix {
  const samples = members.map((member) => member.samples);
  const sourcesOf = mixing.topology === 'ring' ? ringSources(members.length) : seededSources(mixing);
  return Array.from({ length: SEGMENTS }, (_, segment) =>
    members.map((_, mixer) => {
      const sources = sourcesOf(mixer, segment);
      const weights = mixWeights(
        sources.map((source) => ({ samples: samples[source] ?? 0, staleness: 0 })),
        WEIGHTS,
      );
      return members.map((_, member) => weights[sources.indexOf(member)] ?? 0);
    }),
  );
}

type SourcesOf = (mixer: number, segment: number) => readonly number[];

function ringSources(n: number): SourcesOf {
  return (mixer) => [(mixer + n - 1) % n, mixer, (mixer + 1) % n];
}

function seededSources({ round, updates }: Mixing): SourcesOf {
  const accountOf = (i: number): Hex => `0x${(i + 1).toString(16).padStart(40, '0')}`;
  const entries = updates.map((update, i) => ({
    member: accountOf(i),
    round,
    update: toHex(sha256(encodeSegment(update))),
  }));
  const plans = entries.map(({ member }) => planMix({ member, round, entries, segments: SEGMENTS, pulls: PULLS }));
  return (mixer, segment) => {
    const plan = plans[mixer];
    const chosen = plan?.sources[segment] ?? [];
    return chosen.map((entry) => entries.findIndex(({ member }) => member === plan?.entries[entry]?.member));
  };
}
