import { setImmediate as giveWay } from 'node:timers/promises';
import { createSeededRandom } from '../base/seeded-random.ts';
import { type Batch, gatherBatch } from './batch.ts';
import { createEarlyStopping } from './early-stopping.ts';
import type { EpochReport, TrainingRun } from './engine.ts';
import type { Examples } from './examples.ts';
import type { Learner } from './learner.ts';
import { ModelError } from './model-error.ts';
import { createOptimiser } from './optimiser.ts';
import { roundLength, type TrainingOptions } from './training-options.ts';

export interface TrainingTask {
  readonly examples: Examples;
  readonly options: TrainingOptions;
  /** The loss on samples that are not trained on, for early stopping. */
  lossOf(parameters: Float32Array): number;
}

/** {@link Model.train} on anything that learns: seeded order, one optimiser over all epochs, a pause after every batch. */
export async function* trainingLoop(
  learner: Learner,
  initial: Float32Array,
  { examples, options, lossOf }: TrainingTask,
  { seed, signal }: TrainingRun,
): AsyncGenerator<EpochReport, Float32Array, void> {
  const parameters = initial.slice();
  const optimise = createOptimiser(options, parameters.length);
  const stopping = options.patience === undefined ? null : createEarlyStopping(options.patience, lossOf);
  const { samples } = examples;
  const { epochs, steps } = roundLength(options, samples);
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let seen = 0;
    let loss = 0;
    let correct: number | null = 0;
    const dropout = createSeededRandom(seed, `training/dropout/${epoch}`);
    let batches = 0;
    for (const batch of shuffledBatches(examples, options.batchSize, `${epoch}`, seed)) {
      signal?.throwIfAborted();
      const random = dropout.fork(`${batches++}`);
      const learned = learner.learn(parameters, batch, { random });
      optimise(parameters, learned.gradient);
      for (const { offset, values } of learned.averages) parameters.set(values, offset);
      seen += batch.samples;
      loss += batch.samples * learned.loss;
      correct = correct === null || learned.correct === null ? null : correct + learned.correct;
      if (!Number.isFinite(loss)) throw diverged(`the loss is ${loss} in epoch ${epoch}`);
      await giveWay();
      if (++step === steps) break;
    }
    if (!parameters.every(Number.isFinite)) throw diverged(`a parameter is not finite after epoch ${epoch}`);
    const isOver = stopping?.isOver(epoch, parameters) ?? false;
    const keptEpoch = stopping?.best().epoch ?? epoch;
    yield {
      epoch,
      loss: loss / seen,
      accuracy: correct === null ? null : correct / seen,
      samplesSeen: (epoch - 1) * samples + seen,
      keptEpoch,
    };
    if (isOver) break;
  }
  return stopping?.best().parameters ?? parameters;
}

function* shuffledBatches(
  examples: Examples,
  size: number,
  epoch: string,
  seed: string | Uint8Array,
): Generator<Batch> {
  const order = Array.from({ length: examples.samples }, (_, index) => index);
  createSeededRandom(seed, `training/epoch/${epoch}`).shuffle(order);
  for (let start = 0; start < order.length; start += size)
    yield gatherBatch(examples, order.slice(start, start + size));
}

function diverged(reason: string): ModelError {
  return new ModelError('model/diverged', `training: ${reason}; lower the learning rate or check the inputs' scaling`);
}
