import { type Direction, visitLosses } from './privacy-loss.ts';
import type { SampledGaussian } from './sampled-gaussian.ts';

/** Where the sum of all steps' privacy losses lies, but for a probability of at most {@link OUTSIDE_WINDOW} on each side. */
export interface LossWindow {
  readonly low: number;
  readonly high: number;
  /** The least standard deviation of one step's loss among the mechanisms: what a grid has to resolve. */
  readonly deviation: number;
}

export const OUTSIDE_WINDOW = 1e-15;
/** The moments are smooth, so a coarse look is exact enough. */
const POINTS_PER_DEVIATION = 64;
/** Exponents for the Chernoff bound, in units of one over the composition's standard deviation. */
const EXPONENTS = Array.from({ length: 40 }, (_, i) => 0.05 * 1.25 ** i);
/** For what discretisation adds to the tails. */
const MARGIN = 1.02;

/** One step's losses, with how often the step is done. */
interface Losses {
  readonly probabilities: number[];
  readonly losses: number[];
  readonly steps: number;
  readonly mean: number;
  readonly variance: number;
}

/** Bounds the composed loss by Chernoff's inequality: P(S ≥ s) ≤ e^(−ts) ∏ E[e^(tL)]^steps for every t > 0. */
export function lossWindow(mechanisms: readonly SampledGaussian[], direction: Direction): LossWindow {
  const all = mechanisms.map((mechanism) => lossesOf(mechanism, direction));
  const mean = all.reduce((sum, each) => sum + each.steps * each.mean, 0);
  const spread = Math.sqrt(all.reduce((sum, each) => sum + each.steps * each.variance, 0));
  const bound = (sign: number): number =>
    Math.min(
      ...EXPONENTS.map((exponent) => {
        const t = (sign * exponent) / spread;
        const logMoment = all.reduce((sum, each) => sum + each.steps * logMomentAbout(each, t), 0);
        return (logMoment - Math.log(OUTSIDE_WINDOW)) / Math.abs(t);
      }),
    );
  return {
    low: mean - MARGIN * bound(-1),
    high: mean + MARGIN * bound(1),
    deviation: Math.sqrt(Math.min(...all.map(({ variance }) => variance))),
  };
}

function lossesOf(mechanism: SampledGaussian, direction: Direction): Losses {
  const probabilities: number[] = [];
  const losses: number[] = [];
  visitLosses(mechanism, direction, POINTS_PER_DEVIATION, (probability, loss) => {
    probabilities.push(probability);
    losses.push(loss);
  });
  const expectation = (value: (loss: number) => number): number =>
    losses.reduce((sum, loss, i) => sum + (probabilities[i] as number) * value(loss), 0);
  const mean = expectation((loss) => loss);
  return { probabilities, losses, steps: mechanism.steps, mean, variance: expectation((loss) => (loss - mean) ** 2) };
}

/** log E[e^(t(L − mean))]; log1p and expm1 keep what many steps of tiny losses add up to. */
function logMomentAbout({ probabilities, losses, mean }: Losses, t: number): number {
  const largest = losses.reduce((most, loss) => Math.max(most, t * (loss - mean)), 0);
  const shift = largest > 30 ? largest : 0;
  let sum = 0;
  for (let i = 0; i < losses.length; i++) {
    const power = t * ((losses[i] as number) - mean);
    const value = shift === 0 ? Math.expm1(power) - power : Math.exp(power - shift);
    sum += (probabilities[i] as number) * value;
  }
  return shift === 0 ? Math.log1p(sum) : shift + Math.log(sum);
}
