import { createCipheriv } from 'node:crypto';
import { mul, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { SeededRandom } from '../../base/seeded-random.ts';
import type { LayerSpecOf } from '../layer-spec.ts';
import type { Layer } from './layer.ts';
import { untrainedGradients } from './untrained-gradients.ts';

const KEY_BYTES = 32;

/** Drops numbers while training, as the training's seed says. */
export function createDropoutLayer({ rate }: LayerSpecOf<'dropout'>, shape: readonly number[], name: string): Layer {
  return {
    outputShape: shape,
    parameters: [],
    forward: ([input], _parameters, training) => {
      const x = input as Tensor;
      if (training === null) return { output: x, backward: (gradient) => untrainedGradients(() => [gradient]) };
      const mask = tensor(dropoutMask(training.random.fork(name), x.size, rate), x.shape);
      return { output: mul(x, mask), backward: (gradient) => untrainedGradients(() => [mul(gradient, mask)]) };
    },
  };
}

/**
 * Zeros, and the inverse of the share that is left. Two bytes of an AES keystream decide each number, which is a hundred
 * times as fast as drawing them from the seeded stream and as repeatable.
 */
function dropoutMask(random: SeededRandom, size: number, rate: number): Float32Array {
  const key = Uint8Array.from({ length: KEY_BYTES }, () => random.integer(256));
  const bytes = createCipheriv('aes-256-ctr', key, new Uint8Array(16)).update(new Uint8Array(2 * size));
  const kept = 1 / (1 - rate);
  const threshold = rate * 0x1_0000;
  return Float32Array.from({ length: size }, (_, index) => (bytes.readUInt16BE(2 * index) < threshold ? 0 : kept));
}
