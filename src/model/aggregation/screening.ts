import { distances } from '../mix-kernel.ts';
import { type Mixture, ownVector } from './mixture.ts';

/** From when on a contribution is suspected. */
export interface SuspicionBounds {
  /** Its distance from the own one ÷ the median of these distances. */
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
  /** The lower median of these over the others. */
  readonly medianFromOwn: number;
}

export function surveySegment(mixture: Mixture): SegmentSurvey {
  const { base, sources } = mixture;
  const own = ownVector(mixture);
  const [ownFromBase = 0, ...fromBase] = distances(base, [own, ...sources]).map((length) => length * length);
  const lengths = distances(own, sources);
  const median = medianOfOthers(lengths, mixture.own);
  return { fromBase, ownFromBase, fromOwn: lengths.map((length) => length * length), medianFromOwn: median * median };
}

/** The lower median of the lengths without the own one; 0 without others. */
export function medianOfOthers(lengths: readonly number[], own: number | null): number {
  const others = lengths.filter((_, j) => j !== own).toSorted((a, b) => a - b);
  return others[Math.floor((others.length - 1) / 2)] ?? 0;
}

/** A survey's sums for one contribution over the segments that it takes part in. */
interface Relation {
  fromBase: number;
  ownFromBase: number;
  fromOwn: number;
  medianFromOwn: number;
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
    medianFromOwn: 0,
  }));
  for (const { sources, survey } of surveys) {
    for (const [j, entry] of sources.entries()) {
      const relation = relations[entry] as Relation;
      relation.fromBase += survey.fromBase[j] ?? 0;
      relation.ownFromBase += survey.ownFromBase;
      relation.fromOwn += survey.fromOwn[j] ?? 0;
      relation.medianFromOwn += survey.medianFromOwn;
    }
  }
  return relations.map((relation) => suspicionOf(relation, bounds));
}

function suspicionOf({ fromBase, ownFromBase, fromOwn, medianFromOwn }: Relation, bounds: SuspicionBounds): number {
  if (fromOwn > 0 && medianFromOwn === 0) return Number.MAX_VALUE;
  const far = medianFromOwn === 0 ? 0 : Math.sqrt(fromOwn / medianFromOwn);
  if (far > bounds.farFactor) return far;
  const lengths = Math.sqrt(fromBase) * Math.sqrt(ownFromBase);
  const cosine = lengths === 0 ? 0 : (fromBase + ownFromBase - fromOwn) / 2 / lengths;
  return cosine < -bounds.opposition ? 1 - cosine / 2 : 0;
}
