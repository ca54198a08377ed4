import type { Examples } from './examples.ts';
import type { TrainingOptions } from './training-options.ts';

/** How the loss treats classes of different size. */
export interface ClassBalance {
  /** Factor on the loss of a sample, by its class. */
  readonly weights: Float32Array;
  /** The logarithm of this is added to a class's logit while training; 1 changes nothing, 0 leaves the class out. */
  readonly priors: Float32Array;
}

/** A class that a member has hardly or never seen is taken for rare, not for impossible: this share of an even one. */
const RAREST_SHARE = 0.005;

/** Shares of the classes, none below what {@link classBalanceOf} lets count as rare. @param counts samples of each class */
export function calibratedPriors(counts: ArrayLike<number>, samples: number): Float32Array {
  return Float32Array.from(counts, (count) => Math.max(count / samples, RAREST_SHARE / counts.length));
}

/** Every class counts as it comes. */
export function noClassBalance(classes: number): ClassBalance {
  return { weights: new Float32Array(classes).fill(1), priors: new Float32Array(classes).fill(1) };
}

/**
 * Weights (`balanced`, mean 1 over the examples) or priors (`calibrated`) from how often each class occurs.
 *
 * Source of `calibrated`: Menon et al., Long-tail learning via logit adjustment, 2021; for label skew between members,
 * Zhang et al., Federated learning with label distribution skew via logits calibration, 2022.
 */
export function classBalanceOf(examples: Examples, kind: TrainingOptions['classWeights']): ClassBalance {
  const balance = noClassBalance(examples.classes);
  if (kind === 'none') return balance;
  const counts = new Float64Array(examples.classes);
  for (const label of examples.labels) counts[label] = (counts[label] as number) + 1;
  if (kind === 'calibrated') return { ...balance, priors: calibratedPriors(counts, examples.samples) };
  const present = counts.filter((count) => count > 0).length;
  const weights = Float32Array.from(counts, (count) => (count === 0 ? 0 : examples.samples / (present * count)));
  return { ...balance, weights };
}
