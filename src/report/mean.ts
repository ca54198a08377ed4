/** The mean of those values that are finite numbers; null if there are none. */
export function mean(values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
