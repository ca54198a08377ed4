import type { Hex } from '../base/bytes.ts';
import type { MixInput } from '../mixing/compute-mix.ts';
import { hearRound } from '../mixing/hear-round.ts';
import { judgeEntries } from '../mixing/judge-entries.ts';
import { judgingTerms } from '../mixing/standings.ts';
import { ModelError } from '../model/model-error.ts';
import { decodeRecipe, type Judgement, type Recipe } from '../protocol/recipe.ts';
import { joinSegments } from '../protocol/segments.ts';
import type { Pulled } from './pull-segments.ts';
import type { StudySetting } from './study-setting.ts';

/** What the mix goes by, where the study's rule hears judgements; null elsewhere. */
export async function hearOthers(
  setting: StudySetting,
  { plan, announcements }: Pick<Pulled, 'plan' | 'announcements'>,
  round: number,
): Promise<Pick<Judgement, 'heard' | 'standings'> | null> {
  const terms = judgingTerms(setting.manifest.aggregation);
  if (terms === null) return null;
  const recipeOf = async (entry: number): Promise<Recipe | null> =>
    round === 0 ? null : readRecipe(setting, announcements[entry]?.record.recipe);
  return hearRound({ round, entries: plan.entries, before: await recipeOf(plan.own), recipeOf }, terms);
}

/** Says of each contribution how far it turned towards less loss on the own held-out records. @param mixed the mix, segment by segment */
export async function judgeOthers(
  { model, data }: StudySetting,
  mix: MixInput,
  mixed: readonly Float32Array[],
): Promise<Judgement['scores']> {
  try {
    return await judgeEntries(mix, model.gradient(joinSegments(mixed), data.heldOut, 'balanced'));
  } catch (error) {
    if (error instanceof ModelError && error.code === 'model/diverged') return mix.plan.entries.map(() => null);
    throw error;
  }
}

/** Another member's recipe is whatever it sent: what cannot be read says nothing. */
async function readRecipe({ blobs }: StudySetting, digest: Hex | undefined): Promise<Recipe | null> {
  const bytes = digest === undefined ? null : await blobs.get(digest);
  if (bytes === null) return null;
  try {
    return decodeRecipe(bytes);
  } catch {
    return null;
  }
}
