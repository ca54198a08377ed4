import { epsilonByPld } from './pld-accountant.ts';
import { PrivacyError } from './privacy-error.ts';
import { epsilonByRdp } from './rdp-accountant.ts';
import {
  checkDelta,
  checkMechanism,
  looksAtData,
  MAX_NOISE_MULTIPLIER,
  MIN_NOISE_MULTIPLIER,
} from './sampled-gaussian.ts';

/** What is to be reached, and how often the data are looked at for it. */
export interface NoiseTarget {
  readonly epsilon: number;
  readonly delta: number;
  readonly samplingRate: number;
  readonly steps: number;
}

/** The answer is at most this much above the least noise that suffices, relative. */
const TOLERANCE = 1e-4;

/**
 * The least noise multiplier whose ε, by the privacy loss distribution, does not exceed the target. The answer's ε was
 * evaluated: it never overshoots.
 * @throws PrivacyError `privacy/invalid-parameters`, `privacy/unreachable`
 */
export function calibrateNoise(target: NoiseTarget): number {
  const { epsilon, delta, samplingRate, steps } = target;
  checkDelta(delta);
  checkMechanism({ samplingRate, steps, noiseMultiplier: 1 });
  if (!(epsilon > 0 && Number.isFinite(epsilon))) {
    throw new PrivacyError('privacy/invalid-parameters', `epsilon ${epsilon}; give a number above 0`);
  }
  if (!looksAtData({ samplingRate, steps, noiseMultiplier: 1 })) return MIN_NOISE_MULTIPLIER;
  const at = (noiseMultiplier: number) => [{ samplingRate, steps, noiseMultiplier }];
  // Rényi accounting is a bound on the same ε and a hundred times as fast: it says where to look.
  const enough = leastSufficient(
    (noise) => epsilonByRdp(at(noise), delta) <= epsilon,
    [MIN_NOISE_MULTIPLIER, MAX_NOISE_MULTIPLIER],
  );
  if (enough === null) throw unreachable(target);
  const suffices = (noise: number): boolean => epsilonByPld(at(noise), delta) <= epsilon;
  const below = Math.max(MIN_NOISE_MULTIPLIER, 0.75 * enough);
  const least = leastSufficient(suffices, [suffices(below) ? MIN_NOISE_MULTIPLIER : below, enough]);
  if (least === null) throw unreachable(target);
  return least;
}

/** Bisects in the logarithm. @returns a value that suffices; null if the upper bound does not */
function leastSufficient(suffices: (value: number) => boolean, bounds: readonly [number, number]): number | null {
  let [low, high] = bounds;
  if (!suffices(high)) return null;
  while (high / low > 1 + TOLERANCE) {
    const middle = Math.sqrt(low * high);
    if (suffices(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function unreachable({ epsilon, delta, samplingRate, steps }: NoiseTarget): PrivacyError {
  const setting = `sampling rate ${samplingRate} and ${steps} steps at delta ${delta}`;
  return new PrivacyError(
    'privacy/unreachable',
    `epsilon ${epsilon} is out of reach with ${setting}; take fewer steps or smaller batches`,
  );
}
