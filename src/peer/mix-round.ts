import type { Hex } from '../base/bytes.ts';
import { computeMix, type MixInput } from '../mixing/compute-mix.ts';
import { pullsOf } from '../mixing/plan-mix.ts';
import type { Announcement } from '../protocol/announcement.ts';
import { encodeRecipe, type Recipe, type RecipeRefusal } from '../protocol/recipe.ts';
import { encodeSegment } from '../protocol/segments.ts';
import { loadBaseSegment } from './base-model.ts';
import { cacheVectors } from './cache-vectors.ts';
import { hearOthers, judgeOthers } from './judge-mix.ts';
import { obtainTrainings } from './obtain-trainings.ts';
import type { Progress } from './progress.ts';
import { type Pulled, pullSegments } from './pull-segments.ts';
import { positionsOf } from './study-knowledge.ts';
import type { StudySetting } from './study-setting.ts';
import { type ValueMixInput, valueMix } from './value-mix.ts';

/**
 * Pulls, mixes and values the contributions at hand.
 * @param announcements the member's own of this round, and those of others
 * @returns where the peer stands afterwards, everything that it names on disk; and what could not be mixed
 */
export async function mixRound(
  setting: StudySetting,
  progress: Progress,
  announcements: readonly Announcement[],
  signal: AbortSignal,
): Promise<{ next: Omit<Progress, 'mixed'>; refused: readonly RecipeRefusal[] }> {
  const { manifest, study, self, blobs, emit } = setting;
  const { round } = progress;
  emit({ event: 'round.pulling', round, contributions: announcements.length });
  const baseOf = (segment: number): Promise<Float32Array> => loadBaseSegment(blobs, progress, segment);
  const question = { round, pulls: pullsOf(manifest, round), announcements, baseOf };
  const pulled = await pullSegments(setting, question, signal);
  emit({ event: 'peer.traffic', ...setting.network.traffic() });
  const hearing = await hearOthers(setting, pulled, round);
  emit({ event: 'round.pulled', round });
  const mix: MixInput = {
    manifest,
    round,
    plan: pulled.plan,
    standings: hearing?.standings ?? [],
    samples: pulled.announcements.map(({ record }) => record.samples),
    baseOf,
    segmentOf: pulled.segmentOf,
  };
  const baseSegments: Hex[] = [];
  const mixed: Float32Array[] = [];
  const outcome = await computeMix(mix, async (parameters) => {
    mixed.push(parameters);
    baseSegments.push(await blobs.put(encodeSegment(parameters)));
  });
  const judgement =
    hearing === null ? {} : { judgement: { ...hearing, scores: await judgeOthers(setting, mix, mixed) } };
  const recipe: Recipe = {
    type: 'consilium/recipe/1',
    study,
    round,
    member: self,
    base: progress.base,
    entries: [...pulled.plan.entries],
    refused: [...pulled.refused],
    segments: outcome.steps,
    ...judgement,
    result: outcome.result,
  };
  const recipeDigest = await blobs.put(encodeRecipe(recipe));
  emit({
    event: 'round.mixed',
    round,
    entries: recipe.entries.length,
    refused: recipe.refused.length,
    result: outcome.result,
  });

  const trainings = await trainingsOf(setting, progress, { pulled, steps: outcome.steps }, signal);
  const { model } = setting;
  const { heldOut } = setting.data;
  const { evaluations, ...value } = await valueMix({
    manifest,
    study,
    evaluator: self,
    mix,
    steps: outcome.steps,
    trainings,
    lossOf: (parameters) => model.evaluate(parameters, heldOut).loss,
    gradientAt: (parameters) => model.gradient(parameters, heldOut),
    positions: positionsOf(setting.index),
    signal,
  });
  const { utilityMicros, scoreErrorMicros } = value;
  emit({
    event: 'round.valued',
    round,
    method: manifest.valuation.method,
    utilityMicros,
    scoreErrorMicros,
    evaluations,
  });
  const next = { round: round + 1, base: outcome.result, baseSegments, recipe: recipeDigest, ...value };
  return { next, refused: recipe.refused };
}

/** What the contributions' trainings changed in the mix, where the study credits trainings. */
async function trainingsOf(
  setting: StudySetting,
  progress: Progress,
  { pulled, steps }: { pulled: Pulled; steps: Recipe['segments'] },
  signal: AbortSignal,
): Promise<ValueMixInput['trainings']> {
  const { manifest, blobs, network, emit } = setting;
  if (manifest.valuation.credit === 'model') return null;
  const trainings = await obtainTrainings(setting, progress, pulled, signal);
  emit({ event: 'peer.traffic', ...network.traffic() });
  const baseSegments = steps.map(({ result }) => result);
  const mixed = cacheVectors((_, segment) =>
    loadBaseSegment(blobs, { round: progress.round + 1, baseSegments }, segment),
  );
  return {
    ...trainings,
    rule: manifest.aggregation.rule,
    steps,
    own: pulled.plan.own,
    mixedOf: (segment) => mixed(0, segment),
  };
}
