import type { Hex } from '../base/bytes.ts';
import { pullPermutation } from '../protocol/pull-choice.ts';
import { compareEntries, type RecipeEntry } from '../protocol/recipe.ts';

export interface MixPlan {
  /** The contributions at hand, ascending by {@link compareEntries}. */
  readonly entries: readonly RecipeEntry[];
  /** For each segment the indices of the entries that are mixed into it, ascending; the member's own is always among them. */
  readonly sources: readonly (readonly number[])[];
  /** Index of the member's own entry. */
  readonly own: number;
}

export interface MixQuestion {
  /** Whose mix it is. */
  readonly member: Hex;
  readonly round: number;
  readonly entries: readonly RecipeEntry[];
  /** S of the manifest. */
  readonly segments: number;
  /** R of this round. */
  readonly pulls: number;
}

/**
 * Which contributions go into which segment: the member's own, and the first `pulls` of a permutation of the others that is seeded by
 * the member's own update.
 */
export function planMix({ member, round, entries, segments, pulls }: MixQuestion): MixPlan {
  const sorted = entries.toSorted(compareEntries);
  const own = sorted.findIndex((entry) => entry.member === member && entry.round === round);
  const update = sorted[own]?.update;
  if (update === undefined) throw new RangeError(`the mix of ${member} in round ${round} lacks its own contribution`);
  const others = sorted.map((_, i) => i).filter((i) => i !== own);
  const sources = Array.from({ length: segments }, (_, segment) => {
    const chosen = pullPermutation({ update, round, segment }, others.length).slice(0, pulls);
    return [own, ...chosen.map((i) => others[i] ?? own)].toSorted((a, b) => a - b);
  });
  return { entries: sorted, sources, own };
}

/** R of a round: the last one may pull from more members, to bring their models together. */
export function pullsOf(manifest: { rounds: number; pulls: number; finalPulls: number }, round: number): number {
  return round === manifest.rounds - 1 ? manifest.finalPulls : manifest.pulls;
}
