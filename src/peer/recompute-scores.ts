import { AuditError } from '../audit/audit-error.ts';
import { type AuditSubject, keyOf } from '../audit/audit-subject.ts';
import { replayMixes } from '../audit/replay-mixes.ts';
import type { Hex } from '../base/bytes.ts';
import type { Dataset } from '../data/dataset.ts';
import { checkArchitecture } from '../model/check-architecture.ts';
import { checkExamples } from '../model/examples.ts';
import { createWasmEngine } from '../model/wasm-engine.ts';
import { decodeMetrics, type Metrics } from '../protocol/metrics.ts';
import { participantsIn } from '../protocol/participants.ts';
import { decodeRecipe, type Recipe } from '../protocol/recipe.ts';
import { decodeUpdateSegment, readsBase } from '../protocol/segment-codec.ts';
import { joinSegments } from '../protocol/segments.ts';
import { unpackScores } from '../protocol/valuation.ts';
import { cacheVectors } from './cache-vectors.ts';
import { type ValueMixInput, valueMix } from './value-mix.ts';

/** Whose scores of which round, and what to measure on. */
export interface ScoreQuestion {
  readonly evaluator: Hex;
  readonly round: number;
  readonly data: Dataset;
  /** The evaluator's held-out part, or the common test part, which anybody may have. */
  readonly part: 'heldOut' | 'common';
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface RecomputedScores {
  /** Mean loss of the evaluator's base in nats: as its metrics state it of this part, and as found on the data given. */
  readonly loss: { readonly stated: number; readonly found: number };
  /** Largest standard error of the scores in millionths, as stated with their commitment, and as found; null where the study's method draws nothing. */
  readonly scoreErrorMicros: { readonly stated: number | null; readonly found: number | null };
  /** In order of position, in millionths; null for "not scored". */
  readonly scores: readonly { readonly member: Hex; readonly revealed: number | null; readonly found: number | null }[];
  /** False if the evaluator's engine need not come to the same bits as the one here. */
  readonly isReproducible: boolean;
}

type Segments = readonly Float32Array[];

/**
 * Repeats an evaluator's valuation of one round from the evidence and a test part: the mixes from the initial model on, then every
 * coalition's loss or the loss's gradient, by the code that peers value with.
 * @throws AuditError `audit/not-recomputable` for what the evidence does not hold; ModelError for data that do not fit the study
 */
export async function recomputeScores(subject: AuditSubject, question: ScoreQuestion): Promise<RecomputedScores> {
  const { evaluator, round, data } = question;
  const revealed = subject.valuations.find((each) => each.evaluator === evaluator && each.round === round);
  if (revealed === undefined) throw notRecomputable(question, 'the evaluator revealed no scores of it');
  const [metrics, recipe] = [await metricsOf(subject, question), await recipeOf(subject, question)];
  const told = await metricsOf(subject, { ...question, round: round + 1 });
  const stated = metrics[question.part];
  if (stated === null) throw notRecomputable(question, 'the study has no common test part');
  const architecture = checkArchitecture(subject.manifest.architecture);
  checkExamples(architecture, data);
  const model = (await createWasmEngine()).createModel(architecture);
  const bases = await basesOf(subject, question);
  const lossOf = (parameters: Float32Array): number => model.evaluate(parameters, data).loss;
  const base = bases.get(keyOf(round, evaluator));
  const input = await valuationInput(subject, question, { recipe, bases });
  const gradientAt = (parameters: Float32Array): Float32Array => model.gradient(parameters, data);
  const { valuation, scoreErrorMicros } = await valueMix({ ...input, lossOf, gradientAt });
  const [theirs, ours] = [unpackScores(revealed.scores), unpackScores(valuation.scores)];
  return {
    loss: { stated: stated.loss, found: lossOf(joinSegments(base ?? [])) },
    scoreErrorMicros: { stated: told.scoreErrorMicros, found: scoreErrorMicros },
    scores: subject.participants.map((member, p) => ({ member, revealed: theirs[p] ?? null, found: ours[p] ?? null })),
    isReproducible: metrics.engine.reproducible,
  };
}

function notRecomputable({ evaluator, round }: ScoreQuestion, reason: string): AuditError {
  const message = `the scores of ${evaluator} of round ${round} cannot be computed again: ${reason}; 'consilium audit verify' says what the bundle lacks`;
  return new AuditError('audit/not-recomputable', message);
}

async function metricsOf({ bundle, contributions }: AuditSubject, question: ScoreQuestion): Promise<Metrics> {
  const record = contributions.get(keyOf(question.round, question.evaluator));
  const bytes = record && (await bundle.document(record.metrics));
  if (!bytes) throw notRecomputable(question, "the bundle lacks the evaluator's figures of the round");
  return decodeMetrics(bytes);
}

async function recipeOf({ bundle, contributions }: AuditSubject, question: ScoreQuestion): Promise<Recipe> {
  const after = contributions.get(keyOf(question.round + 1, question.evaluator));
  const bytes = after && (await bundle.document(after.recipe));
  const recipe = bytes ? decodeRecipe(bytes) : null;
  if (recipe?.member !== question.evaluator)
    throw notRecomputable(question, "the bundle lacks the recipe of the evaluator's mix");
  return recipe;
}

/** Bases of all contributions that the mix may hold, and what the mix led to, by `round/member`. */
async function basesOf(subject: AuditSubject, question: ScoreQuestion): Promise<Map<string, Segments>> {
  const { round, evaluator, onProgress } = question;
  const bases = new Map<string, Segments>();
  await replayMixes(subject, {
    isWanted: (contribution) =>
      contribution.round <= round || keyOf(round + 1, evaluator) === keyOf(contribution.round, contribution.member),
    onProgress,
    onBase: async (contribution, base) => {
      if (contribution.round >= round - subject.manifest.staleness.boundRounds)
        bases.set(keyOf(contribution.round, contribution.member), base);
    },
  });
  if (bases.has(keyOf(round, evaluator)) && bases.has(keyOf(round + 1, evaluator))) return bases;
  throw notRecomputable(question, 'the mixes that lead to it cannot be repeated');
}

interface Known {
  readonly recipe: Recipe;
  readonly bases: ReadonlyMap<string, Segments>;
}

async function valuationInput(
  subject: AuditSubject,
  question: ScoreQuestion,
  { recipe, bases }: Known,
): Promise<Omit<ValueMixInput, 'lossOf' | 'gradientAt'>> {
  const { manifest, study, contributions, log } = subject;
  const { evaluator, round, signal } = question;
  const part = (name: string, segment: number): Float32Array => bases.get(name)?.[segment] ?? new Float32Array(0);
  const own = keyOf(round, evaluator);
  const entryAt = (entry: number) => recipe.entries[entry] ?? { member: evaluator, round };
  const segmentOf = cacheVectors(async (entry, segment) => {
    const at = entryAt(entry);
    const digest = subject.announcements.get(keyOf(at.round, at.member))?.segments[segment] ?? '0x';
    const bytes = await subject.bundle.segment(digest);
    const base = part(own, segment);
    const read = bytes && decodeUpdateSegment(manifest, at.round, { bytes, length: base.length, base });
    if (!read)
      throw notRecomputable(question, `segment ${segment} of ${at.member} in round ${at.round} cannot be read`);
    return read;
  });
  /** What is sent as differences was added to the reader's own base. */
  const trainedFrom = (entry: number): string => {
    const at = entryAt(entry);
    return readsBase(manifest, at.round) ? own : keyOf(at.round, at.member);
  };
  const plan = {
    entries: recipe.entries,
    sources: recipe.segments.map(({ sources }) => sources),
    own: recipe.entries.findIndex((entry) => entry.member === evaluator && entry.round === round),
  };
  const samples = recipe.entries.map((entry) => contributions.get(keyOf(entry.round, entry.member))?.samples ?? 0);
  const trainings = {
    isKnown: recipe.entries.map((_, entry) => bases.has(trainedFrom(entry))),
    changeOf: cacheVectors(async (entry, segment) => {
      const from = part(trainedFrom(entry), segment);
      return (await segmentOf(entry, segment)).map((value, k) => value - (from[k] as number));
    }),
    rule: manifest.aggregation.rule,
    steps: recipe.segments,
    own: plan.own,
    mixedOf: async (segment: number) => part(keyOf(round + 1, evaluator), segment),
  };
  return {
    manifest,
    study,
    evaluator,
    mix: { manifest, round, plan, samples, baseOf: async (segment) => part(own, segment), segmentOf },
    steps: recipe.segments,
    trainings: manifest.valuation.credit === 'model' ? null : trainings,
    positions: participantsIn(log).map(({ accounts }) => accounts),
    signal,
  };
}
