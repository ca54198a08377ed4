import type { Judgement, Recipe, RecipeEntry } from '../protocol/recipe.ts';
import { hearJudgements, type JudgingTerms, judgementOf } from './standings.ts';

/** What a mixer goes by when it hears the judgements of the round before. */
export interface Hearing {
  /** The round that is mixed. */
  readonly round: number;
  readonly entries: readonly RecipeEntry[];
  /** The recipe of the mixer's own base; null in the first round. */
  readonly before: Recipe | null;
  /** The recipe that an entry's contribution names, or null where it cannot be had. */
  readonly recipeOf: (entry: number) => Promise<Recipe | null>;
}

/**
 * Adds what the makers of this round's contributions said of the round before to the standings that came with the own base. Peers and auditors call
 * this same function.
 */
export async function hearRound(
  { round, entries, before, recipeOf }: Hearing,
  terms: JudgingTerms,
): Promise<Pick<Judgement, 'heard' | 'standings'>> {
  const heard: number[] = [];
  const judgements = [];
  for (const [entry, { member, round: made }] of entries.entries()) {
    const recipe = made === round ? await recipeOf(entry) : null;
    // A base that was taken over comes with its maker's recipe, which the maker itself brings too.
    if (recipe?.judgement === undefined || recipe.member !== member || recipe.round !== round - 1) continue;
    heard.push(entry);
    judgements.push(judgementOf(member, recipe.entries, recipe.judgement.scores));
  }
  return { heard, standings: hearJudgements(before?.judgement?.standings ?? [], judgements, terms) };
}
