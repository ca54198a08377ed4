import type { SampledGaussian } from './sampled-gaussian.ts';

/** Which of two neighbouring data sets the outcome is drawn from: the one with the record, or the one without. */
export type Direction = 'remove' | 'add';

/** Outcomes further out than this many standard deviations have probability below 10⁻²⁰ and are left out. */
const REACH = 9.5;

/** One outcome's share of the probability and the privacy loss that it means. */
export type LossVisitor = (probability: number, loss: number) => void;

/**
 * Visits the privacy losses of one step: log of the ratio of the two densities, over outcomes drawn from the first, by the
 * trapezoidal rule, which for these densities is exact to rounding.
 *
 * With the record an outcome is a mixture, N(0, σ²) with probability 1 − q and N(1, σ²) with q; without it, N(0, σ²).
 * @param pointsPerDeviation how many outcomes within one σ are looked at
 */
export function visitLosses(
  { samplingRate: q, noiseMultiplier: sigma }: SampledGaussian,
  direction: Direction,
  pointsPerDeviation: number,
  visit: LossVisitor,
): void {
  const step = sigma / pointsPerDeviation;
  const weight = 1 / (pointsPerDeviation * Math.sqrt(2 * Math.PI));
  const from = Math.floor(-REACH * pointsPerDeviation);
  const to = Math.ceil((1 / sigma + REACH) * pointsPerDeviation);
  for (let point = from; point <= to; point++) {
    const x = point * step;
    const without = weight * Math.exp(-((x / sigma) ** 2) / 2);
    const shifted = weight * Math.exp(-(((x - 1) / sigma) ** 2) / 2);
    const loss = lossAt(q, (2 * x - 1) / (2 * sigma * sigma));
    if (direction === 'add') visit(without, -loss);
    else visit((1 - q) * without + q * shifted, loss);
  }
}

/** log(1 − q + q eᵗ), without overflow. */
function lossAt(q: number, t: number): number {
  if (q === 1) return t;
  return t > 30 ? t + Math.log(q + (1 - q) * Math.exp(-t)) : Math.log1p(q * Math.expm1(t));
}
