import { createSeededRandom } from '../base/seeded-random.ts';
import type { Architecture } from './architecture.ts';
import { layoutOf, type TensorSlot } from './parameter-layout.ts';

/**
 * Seeded starting parameters: Glorot-uniform weights; zero biases; scales of one. Only additions, multiplications and square roots are
 * used, so the bits are the same on every machine and can be committed to by digest.
 *
 * Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010, eq. 16.
 */
export function initialParameters(architecture: Architecture, seed: string | Uint8Array): Float32Array {
  const layout = layoutOf(architecture);
  const parameters = new Float32Array(layout.parameterCount);
  const random = createSeededRandom(seed, 'initial-parameters');
  for (const slot of layout.tensors) {
    if (slot.initial === 'ones') parameters.fill(1, slot.offset, slot.offset + slot.size);
    if (slot.initial !== 'glorot') continue;
    const { next } = random.fork(slot.name);
    const limit = glorotLimit(slot);
    for (let i = 0; i < slot.size; i++) parameters[slot.offset + i] = (2 * next() - 1) * limit;
  }
  return parameters;
}

function glorotLimit({ shape }: TensorSlot): number {
  const receptiveField = shape.slice(0, -2).reduce((product, side) => product * side, 1);
  const [fanIn, fanOut] = shape.slice(-2) as [number, number];
  return Math.sqrt(6 / (receptiveField * (fanIn + fanOut)));
}
