import { logErfc } from '../../src/privacy/log-erfc.ts';
import { epsilonByPld } from '../../src/privacy/pld-accountant.ts';

/** Each of the two error rates is bounded with half of it: together they hold with 95 %. */
const DOUBT = 0.025;

/**
 * A lower bound, true with 95 %, of the ε at `delta` that somebody needs to tell two worlds apart as well as the scores do:
 * error rates at a threshold that was fixed before, bounded by Clopper and Pearson, and the Gaussian mechanism that allows
 * no better ones.
 *
 * Source: Nasr et al., Tight Auditing of Differentially Private Machine Learning, 2023.
 * @param without scores where the record was not there
 * @param present scores where it was
 */
export function empiricalEpsilon(
  { without, present }: { without: readonly number[]; present: readonly number[] },
  threshold: number,
  delta: number,
): number {
  const falsePositives = without.filter((score) => score > threshold).length;
  const falseNegatives = present.filter((score) => score <= threshold).length;
  const shift =
    -normalQuantile(upperBound(falsePositives, without.length)) -
    normalQuantile(upperBound(falseNegatives, present.length));
  if (shift <= 0) return 0;
  return epsilonByPld([{ samplingRate: 1, noiseMultiplier: 1 / shift, steps: 1 }], delta);
}

/** The largest probability with which so few events of `trials` are not too unlikely. */
function upperBound(events: number, trials: number): number {
  if (events === trials) return 1 - 1e-12;
  return bisect((p) => atMost(events, trials, p) < DOUBT, 1e-12, 1 - 1e-12);
}

/** Probability of at most `events` of `trials` independent events of probability `p`. */
function atMost(events: number, trials: number, p: number): number {
  let log = trials * Math.log1p(-p);
  let sum = Math.exp(log);
  for (let k = 1; k <= events; k++) {
    log += Math.log(((trials - k + 1) / k) * p) - Math.log1p(-p);
    sum += Math.exp(log);
  }
  return sum;
}

const normalQuantile = (p: number): number => bisect((x) => Math.exp(logErfc(-x / Math.SQRT2)) / 2 > p, -10, 10);

/** Where a condition that fails below begins to hold. */
function bisect(holds: (value: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
