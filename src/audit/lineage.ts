import type { Hex } from '../base/bytes.ts';
import { decodeRecipe, type Recipe } from '../protocol/recipe.ts';
import type { Bundle } from './read-bundle.ts';

/** A contribution in a mix. */
export interface MixSource {
  readonly member: Hex;
  readonly round: number;
  /** Its mean weight over the segments. */
  readonly weight: number;
}

/** What one mix was made of. */
export interface MixLineage {
  readonly member: Hex;
  readonly round: number;
  readonly sources: readonly MixSource[];
}

/** Which contributions went into which mixes, by the recipes in a bundle; what cannot be read is left out, the audit names it. */
export async function readLineage(bundle: Bundle): Promise<MixLineage[]> {
  const lineage: MixLineage[] = [];
  for (const { record } of bundle.evidence.announcements) {
    if (record.round === 0) continue;
    const bytes = await bundle.document(record.recipe);
    if (bytes === null) continue;
    const recipe = decodeRecipe(bytes);
    // A base that was taken over: the mix is its maker's; or the study's before.
    if (recipe.member !== record.member || recipe.study !== record.study) continue;
    lineage.push({ member: recipe.member, round: recipe.round, sources: sourcesOf(recipe) });
  }
  return lineage;
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
