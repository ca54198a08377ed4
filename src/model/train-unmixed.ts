import { isConsiliumError } from '../base/errors.ts';
import type { Model } from './engine.ts';
import type { Examples } from './examples.ts';
import { outerStep } from './outer-step.ts';
import type { TrainingOptions } from './training-options.ts';

/** A model after some rounds of local training, with nothing mixed in between. */
export interface UnmixedRound {
  /** Which of {@link STEP_FACTORS} it is trained with. */
  readonly attempt: number;
  /** Rounds trained so far. */
  readonly rounds: number;
  readonly parameters: Float32Array;
  /** Of the outer step; null where the options have none, and before the first round. */
  readonly velocity: Float32Array | null;
}

export interface UnmixedTask {
  readonly initial: Float32Array;
  readonly rounds: number;
  readonly training: TrainingOptions;
  readonly examples: Examples;
  /** For early stopping, where the options have a patience. */
  readonly heldOut?: Examples;
  /** Where an interrupted training goes on; left out, it begins. */
  readonly from?: UnmixedRound;
}

/** Averaging lets a federation take larger steps than one model bears: one that learned nothing tries again with smaller ones. */
export const STEP_FACTORS: readonly number[] = [1, 1 / 4, 1 / 16];

/**
 * Trains on one data set as a member of a study trains on its own, round after round, but that no mix follows a round: what a federation is
 * compared with. The same again gives the same, also when it goes on from the middle.
 * @param onRound told the model after each round, round 0 of each attempt among them; the next begins when it has resolved
 * @returns the first attempt that learned something, or 0 if none did
 * @throws what {@link Model.train} throws but that it diverged, and what `onRound` throws
 */
export async function trainUnmixed(
  model: Model,
  task: UnmixedTask,
  { signal, onRound }: { signal: AbortSignal; onRound: (round: UnmixedRound) => Promise<void> | void },
): Promise<number> {
  for (let attempt = task.from?.attempt ?? 0; attempt < STEP_FACTORS.length; attempt++) {
    try {
      const last = await trainAttempt(model, { ...task, attempt }, { signal, onRound });
      if (!saysOneClass(model, last, task.examples)) return attempt;
    } catch (error) {
      if (!isConsiliumError(error, 'model/diverged')) throw error;
    }
  }
  return 0;
}

async function trainAttempt(
  model: Model,
  { attempt, ...task }: UnmixedTask & { attempt: number },
  { signal, onRound }: { signal: AbortSignal; onRound: (round: UnmixedRound) => Promise<void> | void },
): Promise<Float32Array> {
  const { examples, heldOut } = task;
  const training = { ...task.training, learningRate: task.training.learningRate * (STEP_FACTORS[attempt] ?? 1) };
  const isBegun = task.from?.attempt === attempt;
  let at: UnmixedRound =
    isBegun && task.from !== undefined ? task.from : { attempt, rounds: 0, parameters: task.initial, velocity: null };
  if (!isBegun) await onRound(at);
  while (at.rounds < task.rounds) {
    const run = { seed: `reference/${at.rounds}`, signal, ...(heldOut === undefined ? {} : { heldOut }) };
    const trained = await resultOf(model.train(at.parameters, examples, training, run));
    at = { attempt, rounds: at.rounds + 1, ...stepped(training, at, trained) };
    await onRound(at);
  }
  return at.parameters;
}

function stepped(
  { outer }: TrainingOptions,
  { parameters: base, velocity }: UnmixedRound,
  trained: Float32Array,
): Pick<UnmixedRound, 'parameters' | 'velocity'> {
  if (outer === undefined) return { parameters: trained, velocity: null };
  return outerStep(outer, { base, trained, velocity: velocity ?? new Float32Array(base.length) });
}

async function resultOf<T>(steps: AsyncGenerator<unknown, T, void>): Promise<T> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

/** True if a model gives every example the same class although there are several: it has learned nothing. */
function saysOneClass(model: Model, parameters: Float32Array, examples: Examples): boolean {
  const { probabilities } = model.evaluate(parameters, examples);
  const { classes, samples, labels } = examples;
  if (probabilities.length === 0) return false; // a model of survival names no class
  const said = new Set<number>();
  for (let i = 0; i < samples; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    said.add(row.indexOf(Math.max(...row)));
  }
  return said.size === 1 && new Set(labels).size > 1;
}
