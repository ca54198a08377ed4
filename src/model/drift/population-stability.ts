/** Stands for a bin without a value, whose logarithm would not be finite. */
const NO_VALUE = 0.5;

/**
 * The population stability index: Σ (actual share − expected share) × ln(actual share ÷ expected share), in nats; 0 for equal shares.
 * A bin without a value counts as half a value.
 * @param expected values of the reference in each bin
 * @param actual as many bins
 * @throws RangeError if the bins differ in number, or a side has no value
 */
export function populationStability(expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length)
    throw new RangeError(`${expected.length} and ${actual.length} bins; use the same`);
  const [reference, current] = [sharesOf(expected), sharesOf(actual)];
  return reference.reduce((total, share, bin) => {
    const other = current[bin] as number;
    return total + (other - share) * Math.log(other / share);
  }, 0);
}

function sharesOf(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new RangeError('no bin has a value; give at least one');
  return counts.map((count) => (count === 0 ? NO_VALUE : count) / total);
}

/**
 * Inner bounds that cut the reference into bins of about as many values each; fewer where values tie.
 * @param most bins
 */
export function quantileBounds(reference: Iterable<number>, most: number): number[] {
  const sorted = Float64Array.from(reference).sort();
  const bounds = Array.from({ length: most - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / most)]);
  const smallest = sorted[0] as number;
  return [...new Set(bounds.filter((bound) => bound !== undefined && bound > smallest))] as number[];
}

/**
 * How many values fall between each two bounds; a bound belongs to the bin above it.
 * @param bounds in ascending order
 * @returns one count more than there are bounds
 */
export function countBetween(values: Iterable<number>, bounds: readonly number[]): number[] {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const value of values) {
    const bin = bounds.findLastIndex((bound) => bound <= value) + 1;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}
