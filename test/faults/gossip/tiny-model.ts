import { systemClock } from '../../../src/base/clock.ts';
import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import type { Architecture } from '../../../src/model/architecture.ts';
import type { EpochReport, Evaluation, Model } from '../../../src/model/engine.ts';
import type { Examples } from '../../../src/model/examples.ts';
import { layoutOf } from '../../../src/model/parameter-layout.ts';

export const TINY_ARCHITECTURE: Architecture = { kind: 'mlp', inputs: 30, hidden: [8], classes: 2 };

export const TINY_EXAMPLES: Examples = {
  inputs: new Float32Array(30),
  labels: Uint8Array.of(0),
  samples: 1,
  inputShape: [30],
  classes: 2,
};

/** A model that learns nothing and costs nothing: an epoch takes a pause, and moves the parameters by what the seed says. */
export function createTinyModel(epochMilliseconds: number, isPaused: () => boolean = () => false): Model {
  return {
    architecture: TINY_ARCHITECTURE,
    layout: layoutOf(TINY_ARCHITECTURE),
    async *train(parameters, examples, _options, { seed, signal }): AsyncGenerator<EpochReport, Float32Array, void> {
      do {
        await systemClock.wait(epochMilliseconds, signal);
        signal?.throwIfAborted();
      } while (isPaused());
      signal?.throwIfAborted();
      const random = createSeededRandom(seed, 'tiny');
      yield { epoch: 1, loss: 1, accuracy: 0.5, samplesSeen: examples.samples, keptEpoch: 1 };
      return parameters.map((value) => value + (random.integer(1_000) - 500) / 10_000);
    },
    trainPrivately: async (parameters) => parameters.slice(),
    evaluate: (parameters, { samples }): Evaluation => {
      const loss = parameters.reduce((sum, value) => sum + value * value, 0) / parameters.length;
      return { samples, loss, accuracy: 0.5, auc: null, probabilities: new Float32Array(2 * samples) };
    },
    embed: (_parameters, { inputs, samples }) => ({ layer: null, width: inputs.length / samples, values: inputs }),
    gradient: (parameters) => parameters.map((value) => (2 * value) / parameters.length),
    inputGradient: (_parameters, { inputs }) => new Float32Array(inputs.length),
  };
}
