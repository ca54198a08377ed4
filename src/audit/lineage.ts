import type { Hex } from '../base/bytes.ts';
import { decodeRecipe } from '../protocol/recipe.ts';
import type { Bundle } from './read-bundle.ts';

/** What one mix was made of. */
export interface MixLineage {
  readonly member: Hex;
  readonly round: number;
  /** Contributions mixed, with their mean weight over the segments. */
  readonly sources: readonly { readonly member: Hex; readonly round: number; readonly weight: number }[];
}

/** Which contributions went into which mixes, by the recipes in a bundle; what cannot be read is left out, the audit names it. */
export async function readLineage(bundle: Bundle): Promise<MixLineage[]> {
  const lineage: MixLineage[] = [];
  for (const { record } of bundle.evidence.announcements) {
    if (record.round === 0) continue;
    const bytes = await bundle.document(record.recipe);
    if (bytes === null) continue;
    const { member, round, entries, segments } = decodeRecipe(bytes);
    if (member !== record.member) continue; // a base that was taken over: the mix is its maker's
    const weights = entries.map(() => 0);
    for (const segment of segments) {
      for (const [i, source] of segment.sources.entries()) {
        weights[source] = (weights[source] ?? 0) + (segment.weights[i] ?? 0) / segments.length;
      }
    }
    lineage.push({
      member,
      round,
      sources: entries.map((entry, i) => ({ member: entry.member, round: entry.round, weight: weights[i] ?? 0 })),
    });
  }
  return lineage;
}
