import { setImmediate as giveWay } from 'node:timers/promises';
import { consecutiveBatches, gatherBatch } from './batch.ts';
import type { PrivateRun } from './engine.ts';
import type { Examples } from './examples.ts';
import { ModelError } from './model-error.ts';
import type { Network } from './network.ts';
import { createOptimiser } from './optimiser.ts';
import type { TrainingOptions } from './training-options.ts';

/** Samples per pass where only memory limits it: the passes hold more than a plain training step does. */
const PASS_SAMPLES = 128;

/**
 * {@link Model.trainPrivately} on any network: each step moves by a noisy sum of clipped gradients and by nothing else. A
 * batch without samples is a step too, of noise alone.
 *
 * Source: Abadi et al., Deep Learning with Differential Privacy, 2016, algorithm 1.
 */
export async function privateTrainingLoop(
  network: Network,
  initial: Float32Array,
  { examples, options }: { examples: Examples; options: TrainingOptions },
  { steps, signal }: PrivateRun,
): Promise<Float32Array> {
  if (options.classWeights !== 'none') throw revealing(`classWeights "${options.classWeights}"`, 'use "none"');
  if (options.patience !== undefined) throw revealing('patience', 'leave it out');
  const parameters = initial.slice();
  const optimise = createOptimiser(options, parameters.length);
  for (let step = 0; step < steps.count; step++) {
    signal?.throwIfAborted();
    const indices = steps.drawBatch();
    const sum = clippedSum(network, parameters, gatherExamples(examples, indices), steps.clipNorm);
    const noisy = steps.perturb(sum);
    optimise(
      parameters,
      Float32Array.from(noisy, (value) => value / steps.expectedBatch),
    );
    await giveWay();
  }
  if (!parameters.every(Number.isFinite)) {
    throw new ModelError('model/diverged', 'private training: a parameter is not finite; lower the learning rate');
  }
  return parameters;
}

function gatherExamples(examples: Examples, indices: readonly number[]): Examples {
  return { ...examples, ...gatherBatch(examples, indices) };
}

/** In double precision over passes, so that a large batch rounds no more than a small one. */
function clippedSum(network: Network, parameters: Float32Array, examples: Examples, clipNorm: number): Float64Array {
  const sum = new Float64Array(parameters.length);
  for (const batch of consecutiveBatches(examples, PASS_SAMPLES)) {
    const { gradient } = network.clippedGradientSum(parameters, batch, clipNorm);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (gradient[i] as number);
  }
  return sum;
}

function revealing(option: string, remedy: string): ModelError {
  const reason = `${option} looks at the member's own records without noise`;
  return new ModelError('model/training-reveals', `private training: ${reason}; ${remedy}`);
}
