import type { Hex } from '../base/bytes.ts';
import { hearRound } from '../mixing/hear-round.ts';
import { judgingTerms } from '../mixing/standings.ts';
import { decodeRecipe, type Recipe } from '../protocol/recipe.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';
import type { Contradiction } from './check-recipe.ts';

/**
 * Holds what a mix went by against what the others' recipes said: the standings are those before it and the judgements that were heard, and nobody
 * was heard whose judgement is not there.
 * @returns the first contradiction, or null
 */
export async function findWrongJudgement(subject: AuditSubject, recipe: Recipe): Promise<Contradiction | null> {
  const mismatch = (message: string) => ({ code: 'audit/recipe-mismatch' as const, message });
  const terms = judgingTerms(subject.manifest.aggregation);
  const { judgement, round, entries, member } = recipe;
  if (terms === null || judgement === undefined)
    return (terms === null) === (judgement === undefined)
      ? null
      : mismatch(
          `the recipe ${terms === null ? 'holds' : 'lacks'} a judgement, by a rule that hears ${terms === null ? 'none' : 'them'}`,
        );
  const own = entries.findIndex((entry) => entry.member === member && entry.round === round);
  if (judgement.scores.length !== entries.length || judgement.scores[own] !== null)
    return mismatch('its scores are not one for each contribution of the others');
  const read = (entry: number) => readRecipe(subject, entries[entry]);
  const question = {
    round,
    entries,
    before: round === 0 ? null : await read(own),
    recipeOf: async (entry: number) => (judgement.heard.includes(entry) ? read(entry) : null),
  };
  const { heard, standings } = await hearRound(question, terms);
  if (heard.join() !== judgement.heard.join())
    return mismatch('it says that members were heard whose judgements are not there');
  if (JSON.stringify(standings) !== JSON.stringify(judgement.standings))
    return mismatch('its standings do not follow from the judgements that it heard');
  return null;
}

async function readRecipe(
  { bundle, contributions }: AuditSubject,
  entry: { member: Hex; round: number } | undefined,
): Promise<Recipe | null> {
  const record = entry && contributions.get(keyOf(entry.round, entry.member));
  const bytes = record === undefined ? null : await bundle.document(record.recipe);
  if (bytes === null) return null;
  try {
    return decodeRecipe(bytes);
  } catch {
    return null;
  }
}
