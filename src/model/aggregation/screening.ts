import { distances } from '../mix-kernel.ts';
import { type Mixture, outvoted, ownVector } from './mixture.ts';

/** From when on a contribution is suspected. */
export interface SuspicionBounds {
  /** Its distance from the own one ÷ the reach of the others. */
  readonly farFactor: number;
  /** Minus the cosine between what it and the own one changed: 0 suspects all that turn against the own change, 1 nobody. */
  readonly opposition: number;
}

/** How the sources of one segment lie to the member's own, in squares, which may be added up over segments. */
export interface SegmentSurvey {
  /** Squared distance of each source from the base, and of the own vector. */
  readonly fromBase: readonly number[];
  readonly ownFromBase: number;
  /** Squared distance of each source from the own vector. */
  readonly fromOwn: readonly number[];
  /** Square of the others' reach from the own vector. */
  readonly reachSquared: number;
}

/** @param attackers b̂ */
export function surveySegment(mixture: Mixture, attackers: number): SegmentSurvey {
  const { base, sources } = mixture;
  const own = ownVector(mixture);
  const [ownFromBase = 0, ...fromBase] = distances(base, [own, ...sources]).map((length) => length * length);
  const lengths = distances(own, sources);
  const reach = reachOfOthers(lengths, mixture.own, attackers);
  return { fromBase, ownFromBase, fromOwn: lengths.map((length) => length * length), reachSquared: reach * reach };
}

/**
 * How far the others are from the own vector: the largest of their distances but the b largest, which so many attackers cannot raise; 0 without others.
 * @param lengths distance of each source from the own vector
 * @param attackers b̂; b is at most a minority of the sources
 */
export function reachOfOthers(lengths: readonly number[], own: number | null, attackers: number): number {
  const others = lengths.filter((_, j) => j !== own).toSorted((a, b) => b - a);
  return others[outvoted(attackers, lengths.length)] ?? 0;
}

/** A survey's sums for one contribution over the segments that it takes part in. */
interface Relation {
  fromBase: number;
  ownFromBase: number;
  fromOwn: number;
  reachSquared: number;
}

/**
 * How suspect each contribution is by all segments together: 0 for not at all; the larger, the sooner it is left out.
 * @param surveys of every segment, with the entries that its sources are
 * @param entries how many contributions there are
 */
export function suspicionsOf(
  surveys: readonly { readonly sources: readonly number[]; readonly survey: SegmentSurvey }[],
  entries: number,
  bounds: SuspicionBounds,
): number[] {
  const relations = Array.from({ length: entries }, () => ({
    fromBase: 0,
    ownFromBase: 0,
    fromOwn: 0,
    reachSquared: 0,
  }));
  for (const { sources, survey } of surveys) {
    for (const [j, entry] of sources.entries()) {
      const relation = relations[entry] as Relation;
      relation.fromBase += survey.fromBase[j] ?? 0;
      relation.ownFromBase += survey.ownFromBase;
      relation.fromOwn += survey.fromOwn[j] ?? 0;
      relation.reachSquared += survey.reachSquared;
    }
  }
  return relations.map((relation) => suspicionOf(relation, bounds));
}

function suspicionOf({ fromBase, ownFromBase, fromOwn, reachSquared }: Relation, bounds: SuspicionBounds): number {
  if (fromOwn > 0 && reachSquared === 0) return Number.MAX_VALUE;
  const far = reachSquared === 0 ? 0 : Math.sqrt(fromOwn / reachSquared);
  if (far > bounds.farFactor) return far;
  const lengths = Math.sqrt(fromBase) * Math.sqrt(ownFromBase);
  const cosine = lengths === 0 ? 0 : (fromBase + ownFromBase - fromOwn) / 2 / lengths;
  return cosine < -bounds.opposition ? 1 - cosine / 2 : 0;
}
