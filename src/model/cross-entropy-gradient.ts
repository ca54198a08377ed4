import { add, exp, log, logSoftmax, mul, sub, type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Batch } from './batch.ts';
import type { ClassBalance } from './class-balance.ts';

/** With respect to the logits: weight ÷ samples × (probability − 1 at the label). */
export function crossEntropyGradient(logits: Tensor, batch: Batch, { weights, priors }: ClassBalance): Tensor {
  const { samples, labels } = batch;
  const classes = weights.length;
  const shares = Float32Array.from(labels, (label) => (weights[label] as number) / samples);
  const targets = new Float32Array(samples * classes);
  labels.forEach((label, sample) => {
    targets[sample * classes + label] = 1;
  });
  const probabilities = exp(logSoftmax(add(logits, log(tensor1d(priors)))));
  return mul(sub(probabilities, tensor2d(targets, [samples, classes])), tensor2d(shares, [samples, 1]));
}
