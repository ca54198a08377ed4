import type { Hex } from '../base/bytes.ts';
import { keyOf } from './audit-subject.ts';
import type { SharedSource } from './mix-sources.ts';

/** How the base of a contribution came about, by `round/member` of that contribution. A base that has no entry is not known. */
export type LineageGraph = ReadonlyMap<string, Origin>;

export type Origin =
  /** What the study began with: its initial model, or what the study before left. */
  | { readonly kind: 'initial' }
  /** What the member mixed after the round before. */
  | { readonly kind: 'mixed'; readonly sources: readonly SharedSource[] }
  /** The base that another member's mix gave in the same round. */
  | { readonly kind: 'takenOver'; readonly from: Hex };

/** One member's training in one round. */
export interface TrainingName {
  readonly member: Hex;
  readonly round: number;
}

/** A training that reached a model. */
export interface TracedTraining extends TrainingName {
  /** How much of what it changed is in the model: 1 is all. */
  readonly weight: number;
}

export interface TracedLineage {
  /** By round, the newest first; in a round the heaviest first. */
  readonly trainings: readonly TracedTraining[];
  /** Bases behind the model whose making is not known, with the weight that they have in it. */
  readonly unknown: readonly TracedTraining[];
}

/**
 * Follows a base back through the mixes to the trainings that it is made of. With A the shares of a mix, its weight w goes to the training
 * of each source k as w·A_k, and as much to the base that k trained from; what clipping kept out goes to the mixer's own base.
 * The trainings of one round, of all members, sum to at most 1 each time that the round was mixed.
 */
export function traceLineage(graph: LineageGraph, model: TrainingName): TracedLineage {
  const [bases, trainings, unknown] = [createTally(), createTally(), createTally()];
  bases.add(model, 1);
  for (let round = model.round; round >= 0; round--) {
    const ofRound = bases.ofRound(round);
    for (const [member, weight] of ofRound) {
      const origin = graph.get(keyOf(round, member));
      if (origin?.kind !== 'takenOver') continue;
      // Of whoever mixed it, and of nobody who took it over in turn.
      const isMade = graph.get(keyOf(round, origin.from))?.kind !== 'takenOver';
      if (isMade) bases.add({ member: origin.from, round }, weight);
      else unknown.add({ member, round }, weight);
    }
    for (const [member, weight] of ofRound) {
      const origin = graph.get(keyOf(round, member));
      if (origin === undefined) unknown.add({ member, round }, weight);
      if (origin?.kind !== 'mixed') continue;
      for (const part of partsOf(origin.sources, { member, round: round - 1 })) {
        if (part.isTraining) trainings.add(part, weight * part.share);
        bases.add(part.base, weight * part.share);
      }
    }
  }
  return { trainings: trainings.all(), unknown: unknown.all() };
}

interface MixPart extends TrainingName {
  readonly share: number;
  /** False for what clipping kept of the mixer's own base. */
  readonly isTraining: boolean;
  readonly base: TrainingName;
}

function partsOf(sources: readonly SharedSource[], own: TrainingName): MixPart[] {
  const kept = 1 - sources.reduce((sum, { share }) => sum + share, 0);
  const parts = sources.map(({ member, round, share, isDifference }) => {
    return { member, round, share, isTraining: true, base: isDifference ? own : { member, round } };
  });
  // Shares sum to 1 up to rounding.
  return kept > 1e-9 ? [...parts, { ...own, share: kept, isTraining: false, base: own }] : parts;
}

/** Weights by round and member. */
function createTally() {
  const rounds = new Map<number, Map<Hex, number>>();
  const ofRound = (round: number): Map<Hex, number> => {
    const found = rounds.get(round) ?? new Map<Hex, number>();
    rounds.set(round, found);
    return found;
  };
  return {
    ofRound,
    add({ member, round }: TrainingName, weight: number): void {
      ofRound(round).set(member, (ofRound(round).get(member) ?? 0) + weight);
    },
    all: (): TracedTraining[] =>
      [...rounds]
        .flatMap(([round, members]) => [...members].map(([member, weight]) => ({ member, round, weight })))
        .toSorted((a, b) => b.round - a.round || b.weight - a.weight || (a.member < b.member ? -1 : 1)),
  };
}
