/** What a rule works on: one segment of every contribution that takes part in a mix. */
export interface Mixture {
  /** The mixing member's base, length n. */
  readonly base: Float32Array;
  /** Vectors of length n, all numbers finite, in the recipe's order. */
  readonly sources: readonly Float32Array[];
  /** Share of each source by samples and staleness, capped; they sum to 1 up to rounding. */
  readonly weights: readonly number[];
  /** The source that is the mixing member's own; null in a coalition without it, where the base stands in for it. */
  readonly own: number | null;
  /** How suspect each source is by all segments together, 0 for not at all, infinitely for an outcast, minus infinitely for a trusted one; only the screened mean asks. */
  readonly suspicions: readonly number[];
  /** Share of the study's rounds that lie behind, from 0 up to, not including, 1. */
  readonly elapsed: number;
}

/** What a rule makes of a mixture, and how. */
export interface MixedSegment {
  readonly mixed: Float32Array;
  /** The share with which each source went in; 0 for one that was left out. Rules that sort numbers state equal shares. */
  readonly weights: readonly number[];
  /** The factor that clipping put on each source's difference from the rule's centre; 1 where it was short enough. */
  readonly scales: readonly number[];
}

/** The member's own vector. */
export function ownVector({ own, sources, base }: Mixture): Float32Array {
  return own === null ? base : (sources[own] ?? base);
}

/** One for every source. */
export function unclipped({ sources }: Pick<Mixture, 'sources'>): number[] {
  return sources.map(() => 1);
}

/** Equal shares. */
export function equalShares({ sources }: Pick<Mixture, 'sources'>): number[] {
  return sources.map(() => 1 / sources.length);
}

/**
 * b of a mix: the attackers that the study allows for, or as many as its sources can outvote when there are fewer sources than planned.
 * @param attackers b̂ of the manifest
 */
export function outvoted(attackers: number, sources: number): number {
  return Math.min(attackers, Math.floor((sources - 1) / 2));
}
