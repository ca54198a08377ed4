import { logErfc } from './log-erfc.ts';
import { checkDelta, checkMechanism, looksAtData, type SampledGaussian } from './sampled-gaussian.ts';

/** Where the Rényi divergence is evaluated: tenths where the best order usually is, and sparser above. */
const ORDERS: readonly number[] = [
  ...Array.from({ length: 99 }, (_, tenth) => 1 + (tenth + 1) / 10),
  ...Array.from({ length: 53 }, (_, whole) => 11 + whole),
  128,
  256,
  512,
  1024,
];
/** A series of a fractional order that has not converged by then is left out, not trusted. */
const MAX_TERMS = 1000;
/** Falling terms below e⁻³⁰ of the sum no longer matter. */
const LOG_NEGLIGIBLE = -30;

/**
 * ε of a composition at `delta` by Rényi differential privacy: an upper bound, somewhat above what the privacy loss
 * distribution gives.
 *
 * Sources: Mironov, Talwar and Zhang, Rényi Differential Privacy of the Sampled Gaussian Mechanism, 2019, section 3.3;
 * conversion to (ε, δ): Canonne, Kamath and Steinke, The Discrete Gaussian for Differential Privacy, 2020, proposition 12.
 * @throws PrivacyError `privacy/invalid-parameters`
 */
export function epsilonByRdp(mechanisms: readonly SampledGaussian[], delta: number): number {
  checkDelta(delta);
  for (const mechanism of mechanisms) checkMechanism(mechanism);
  let least = mechanisms.some(looksAtData) ? Number.POSITIVE_INFINITY : 0;
  for (const order of ORDERS) {
    const divergence = mechanisms.reduce((sum, mechanism) => sum + renyiDivergence(mechanism, order), 0);
    least = Math.min(least, epsilonAt(order, divergence, delta));
  }
  return Math.max(0, least);
}

/**
 * Rényi divergence of `order` > 1 that the steps of a mechanism add up to; infinite where it could not be computed.
 * @throws PrivacyError `privacy/invalid-parameters`
 */
export function renyiDivergence(mechanism: SampledGaussian, order: number): number {
  checkMechanism(mechanism);
  if (!looksAtData(mechanism)) return 0;
  const { samplingRate, noiseMultiplier, steps } = mechanism;
  if (order === Number.POSITIVE_INFINITY) return order;
  if (samplingRate === 1) return (steps * order) / (2 * noiseMultiplier ** 2);
  const logMoment = Number.isInteger(order) ? wholeMoment(mechanism, order) : fractionalMoment(mechanism, order);
  return (steps * logMoment) / (order - 1);
}

function epsilonAt(order: number, divergence: number, delta: number): number {
  // Then the total variation is at most δ already (Bretagnolle and Huber).
  if (delta ** 2 + Math.expm1(-divergence) > 0) return 0;
  return divergence + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
}

/** log E[(mixture / N(0, σ²))^order] over N(0, σ²) for a whole order: a binomial sum. */
function wholeMoment({ samplingRate: q, noiseMultiplier: sigma }: SampledGaussian, order: number): number {
  let logCoefficient = 0;
  const terms: number[] = [];
  for (let k = 0; k <= order; k++) {
    terms.push(logCoefficient + k * Math.log(q) + (order - k) * Math.log1p(-q) + (k * k - k) / (2 * sigma * sigma));
    logCoefficient += Math.log((order - k) / (k + 1));
  }
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

/**
 * The same for any order: two infinite series, of the parts left and right of where both mixture components are equal. Beyond
 * the order their terms alternate; they are added without their signs, which bounds the sum from above and never cancels.
 */
function fractionalMoment({ samplingRate: q, noiseMultiplier: sigma }: SampledGaussian, order: number): number {
  const middle = sigma * sigma * Math.log(1 / q - 1) + 0.5;
  const scale = Math.SQRT2 * sigma;
  const logTerm = (logWeight: number, power: number, beyond: number): number =>
    logWeight + (power * power - power) / (2 * sigma * sigma) + Math.log(0.5) + logErfc(beyond / scale);
  let logCoefficient = 0;
  let total = Number.NEGATIVE_INFINITY;
  let before = { left: Number.NEGATIVE_INFINITY, right: Number.NEGATIVE_INFINITY };
  for (let i = 0; i < MAX_TERMS; i++) {
    const j = order - i;
    const left = logTerm(logCoefficient + i * Math.log(q) + j * Math.log1p(-q), i, i - middle);
    const right = logTerm(logCoefficient + j * Math.log(q) + i * Math.log1p(-q), j, middle - j);
    total = logAdd(total, logAdd(left, right));
    const falling = left < before.left && right < before.right;
    if (falling && Math.max(left, right) < total + LOG_NEGLIGIBLE) return total;
    before = { left, right };
    logCoefficient += Math.log(Math.abs(j) / (i + 1));
  }
  return Number.POSITIVE_INFINITY;
}

/** log(eᵃ + eᵇ). */
function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === Number.NEGATIVE_INFINITY ? larger : larger + Math.log1p(Math.exp(-Math.abs(a - b)));
}
