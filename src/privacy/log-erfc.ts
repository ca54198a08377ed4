/** Above it the continued fraction converges within a few dozen terms, below it the series does. */
const FRACTION_FROM = 2.5;
const FRACTION_TERMS = 60;
const LOG_SQRT_PI = Math.log(Math.PI) / 2;

/**
 * Natural logarithm of the complementary error function, without underflow; to about 10⁻¹² of erfc.
 *
 * Source: NIST Digital Library of Mathematical Functions, 7.6.2 and 7.9.2.
 */
export function logErfc(x: number): number {
  if (x >= FRACTION_FROM) return -x * x - LOG_SQRT_PI - Math.log(x + fractionTail(x));
  const complement = x > -FRACTION_FROM ? 1 - errorFunction(x) : 2 - Math.exp(logErfc(-x));
  return Math.log(complement);
}

/** The tail of the fraction x + (1/2)/(x + 1/(x + (3/2)/(x + …))), evaluated from its far end. */
function fractionTail(x: number): number {
  let tail = 0;
  for (let term = FRACTION_TERMS; term >= 1; term--) tail = term / 2 / (x + tail);
  return tail;
}

/** Series with terms of one sign, so that nothing cancels. */
function errorFunction(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
