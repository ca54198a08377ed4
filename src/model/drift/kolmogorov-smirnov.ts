/** How far two samples of one quantity lie apart. */
export interface KolmogorovSmirnov {
  /** Largest distance between the two empirical distribution functions, 0 … 1. */
  readonly distance: number;
  /** Two-sided and exact where no values tie; where some do, larger than it should be, never smaller. */
  readonly pValue: number;
}

/**
 * The two-sample test of Kolmogorov and Smirnov. Its distribution is counted along lattice paths (Hodges 1958), which takes time in
 * proportion to the product of the sizes: samples of some hundreds are meant.
 * @throws RangeError if a sample is empty
 */
export function kolmogorovSmirnov(x: Iterable<number>, y: Iterable<number>): KolmogorovSmirnov {
  const [first, second] = [Float64Array.from(x).sort(), Float64Array.from(y).sort()];
  if (first.length === 0 || second.length === 0) throw new RangeError('a sample is empty; give at least one value');
  const steps = largestGap(first, second);
  return {
    distance: steps / (first.length * second.length),
    pValue: 1 - shareOfPathsWithin(steps, first.length, second.length),
  };
}

/** The largest gap, in units of 1 ÷ (product of the sizes), so that it is an integer and compares exactly. */
function largestGap(x: Float64Array, y: Float64Array): number {
  let [i, j, largest] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i] as number, y[j] as number);
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    largest = Math.max(largest, Math.abs(i * y.length - j * x.length));
  }
  return largest;
}

/** The probability that the gap stays below `steps` if both samples come from one distribution. */
function shareOfPathsWithin(steps: number, n: number, m: number): number {
  const isWithin = (i: number, j: number): boolean => Math.abs(i * m - j * n) < steps;
  const share = Float64Array.from({ length: m + 1 }, (_, j) => (isWithin(0, j) ? 1 : 0));
  for (let i = 1; i <= n; i++) {
    // Keeps the counts probabilities: without it they outgrow a double.
    const weight = i / (i + m);
    for (let j = 0; j <= m; j++) {
      const before = j === 0 ? 0 : (share[j - 1] as number);
      share[j] = isWithin(i, j) ? weight * (share[j] as number) + before : 0;
    }
  }
  return Math.min(1, share[m] as number);
}
