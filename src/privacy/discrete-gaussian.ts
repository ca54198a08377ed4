import type { SecureRandom } from '../base/secure-random.ts';

/**
 * Samples integers with probability proportional to exp(−z² / 2s²), exactly: nothing but integers is computed with, so that
 * no rounding shows in what comes out. About 16 uniform draws a sample.
 *
 * Source: Canonne, Kamath and Steinke, The Discrete Gaussian for Differential Privacy, 2020, algorithms 1 to 3.
 * @param scale s, a whole number from 1 to 2^22, so that every product stays below 2^53
 */
export function createDiscreteGaussian(scale: number, random: SecureRandom): () => number {
  const denominator = 2 * scale * scale;
  return () => {
    for (;;) {
      const candidate = discreteLaplace(scale, random);
      const distance = Math.abs(candidate) - scale;
      if (bernoulliExp(distance * distance, denominator, random)) return candidate;
    }
  };
}

/** Integers with probability proportional to exp(−|z| / scale). */
function discreteLaplace(scale: number, random: SecureRandom): number {
  for (;;) {
    const offset = random.integer(scale);
    if (!bernoulliExpFraction(offset, scale, random)) continue;
    let wholes = 0;
    while (bernoulliExpFraction(1, 1, random)) wholes++;
    const magnitude = offset + scale * wholes;
    const negative = random.integer(2) === 1;
    // Otherwise zero would come twice as often as it should.
    if (negative && magnitude === 0) continue;
    return negative ? -magnitude : magnitude;
  }
}

/** True with probability exp(−numerator / denominator). */
function bernoulliExp(numerator: number, denominator: number, random: SecureRandom): boolean {
  let rest = numerator;
  for (; rest > denominator; rest -= denominator) {
    if (!bernoulliExpFraction(1, 1, random)) return false;
  }
  return bernoulliExpFraction(rest, denominator, random);
}

/** The same for a fraction of at most one: the parity of how long a row of ever less likely draws holds. */
function bernoulliExpFraction(numerator: number, denominator: number, random: SecureRandom): boolean {
  let length = 1;
  while (random.integer(denominator * length) < numerator) length++;
  return length % 2 === 1;
}
