import type { Hex } from '../base/bytes.ts';
import type { Recipe } from '../protocol/recipe.ts';

/** A contribution in a mix. */
export interface MixSource {
  readonly member: Hex;
  readonly round: number;
  /** Its mean weight over the segments. */
  readonly weight: number;
}

/** The contributions that a mix had at hand, those that the seeded choice gave no weight among them. */
export function sourcesOf({ entries, segments }: Pick<Recipe, 'entries' | 'segments'>): MixSource[] {
  const weights = entries.map(() => 0);
  for (const segment of segments) {
    for (const [i, source] of segment.sources.entries()) {
      weights[source] = (weights[source] ?? 0) + (segment.weights[i] ?? 0) / segments.length;
    }
  }
  return entries.map(({ member, round }, i) => ({ member, round, weight: weights[i] ?? 0 }));
}
