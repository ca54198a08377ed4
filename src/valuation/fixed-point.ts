/** Scores on chain are whole millionths. */
const UNITS = 1_000_000;

/**
 * Rounds values to millionths so that they sum exactly to the rounded total: every value is rounded down, and the units that are
 * missing go to the largest remainders, the lower index first (Hamilton's method).
 * @returns one integer a value, and their sum
 */
export function toMicros(values: readonly number[], total: number): { micros: number[]; totalMicros: number } {
  const totalMicros = nearestMicros(total);
  const scaled = values.map((value) => value * UNITS);
  const micros = scaled.map((value) => whole(Math.floor(value)));
  const missing = totalMicros - micros.reduce((sum, value) => sum + value, 0);
  const order = scaled.map((_, i) => i).toSorted((a, b) => remainder(scaled, b) - remainder(scaled, a) || a - b);
  for (let n = 0; n < Math.abs(missing) && order.length > 0; n++) {
    const index = (missing > 0 ? order[n % order.length] : order.at(-1 - (n % order.length))) ?? 0;
    micros[index] = (micros[index] ?? 0) + Math.sign(missing);
  }
  return { micros, totalMicros };
}

/** A value in millionths, rounded to the nearest integer, half up. */
export const nearestMicros = (value: number): number => whole(Math.round(value * UNITS));

/** Minus zero is no integer that a record could hold. */
const whole = (value: number): number => (value === 0 ? 0 : value);

function remainder(scaled: readonly number[], index: number): number {
  const value = scaled[index] ?? 0;
  return value - Math.floor(value);
}
