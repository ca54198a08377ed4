import type { Hex } from '../base/bytes.ts';
import type { AuditSubject } from './audit-subject.ts';
import { sourcesOf } from './lineage.ts';
import { sharesInMix } from './mix-sources.ts';
import { readMixRecipe } from './read-mix-recipe.ts';

/** One contribution in one mix. */
export interface MixWeight {
  /** Who mixed. */
  readonly mixer: Hex;
  /** The round after which it mixed. */
  readonly round: number;
  readonly member: Hex;
  readonly sourceRound: number;
  /** Mean weight over the segments, as the recipe states it. */
  readonly weight: number;
  /** Mean part of the result that it makes up, which clipping can make less. */
  readonly share: number;
}

/** By the recipes of the recorded contributions, in the order of the log; what cannot be read is left out, the audit names it. */
export async function listWeights(subject: AuditSubject): Promise<MixWeight[]> {
  const weights: MixWeight[] = [];
  for (const record of subject.contributions.values()) {
    const recipe = await readMixRecipe(subject, record);
    if (recipe === null || recipe.member !== record.member) continue; // a base that was taken over: the mix is its maker's
    const shares = sharesInMix(subject.manifest, recipe);
    for (const { member, round, weight } of sourcesOf(recipe)) {
      const share = shares.find((each) => each.member === member && each.round === round)?.share ?? 0;
      weights.push({ mixer: recipe.member, round: recipe.round, member, sourceRound: round, weight, share });
    }
  }
  return weights;
}
