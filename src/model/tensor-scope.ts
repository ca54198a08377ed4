import { engine } from '@tensorflow/tfjs-core';

/**
 * Runs `compute` and frees every tensor that it made, also if it throws. Unlike `tf.tidy`, the result is not searched for
 * tensors, which costs a visit per element of an array.
 */
export function inTensorScope<T>(compute: () => T): T {
  engine().startScope();
  try {
    return compute();
  } finally {
    engine().endScope();
  }
}
