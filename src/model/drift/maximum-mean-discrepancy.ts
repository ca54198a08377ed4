import { createSeededRandom } from '../../base/seeded-random.ts';

export interface MaximumMeanDiscrepancy {
  /** The unbiased estimate of the squared discrepancy; about 0, and also below it, for samples of one distribution. */
  readonly unbiased: number;
  /** The biased estimate, never below 0. */
  readonly biased: number;
}

/** Points of one width, point after point. */
export interface Points {
  readonly values: ArrayLike<number>;
  readonly count: number;
}

/** The kernel between all points of both samples, the first sample's before the second's: a square matrix, row after row. */
export interface KernelMatrix {
  readonly values: Float64Array;
  readonly first: number;
  readonly second: number;
}

/**
 * The kernel exp(−scale × ‖x − y‖²) of two samples.
 * @param scale by default 1 ÷ (2 × the median squared distance), the median heuristic of Gretton et al. 2012
 * @throws RangeError if a sample has fewer than two points
 */
export function kernelMatrix(x: Points, y: Points, scale?: number): KernelMatrix {
  if (x.count < 2 || y.count < 2) throw new RangeError('a sample has fewer than two points');
  const width = x.values.length / x.count;
  const count = x.count + y.count;
  const at = (point: number, k: number): number =>
    (point < x.count ? x.values[point * width + k] : y.values[(point - x.count) * width + k]) as number;
  const values = new Float64Array(count * count);
  const distances: number[] = [];
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += (at(i, k) - at(j, k)) ** 2;
      values[i * count + j] = sum;
      values[j * count + i] = sum;
      distances.push(sum);
    }
  }
  const factor = scale ?? 1 / (2 * (medianOf(distances) || 1));
  return { values: values.map((distance) => Math.exp(-factor * distance)), first: x.count, second: y.count };
}

function medianOf(values: readonly number[]): number {
  return Float64Array.from(values).sort()[Math.floor(values.length / 2)] as number;
}

/** Source: Gretton, Borgwardt, Rasch, Schölkopf and Smola, A kernel two-sample test, 2012, equations 3 and 5. */
export function maximumMeanDiscrepancy(kernel: KernelMatrix): MaximumMeanDiscrepancy {
  return discrepancyOf(
    kernel,
    Array.from({ length: kernel.first + kernel.second }, (_, i) => i),
  );
}

/** @param order the points, those of the first sample before the others */
function discrepancyOf({ values, first, second }: KernelMatrix, order: readonly number[]): MaximumMeanDiscrepancy {
  const sums = { within: 0, beyond: 0, across: 0 };
  order.forEach((point, i) => {
    for (let j = 0; j < i; j++) {
      const kernel = values[point * order.length + (order[j] as number)] as number;
      if (i < first) sums.within += 2 * kernel;
      else if (j >= first) sums.beyond += 2 * kernel;
      else sums.across += kernel;
    }
  });
  const across = (2 * sums.across) / (first * second);
  return {
    unbiased: sums.within / (first * (first - 1)) + sums.beyond / (second * (second - 1)) - across,
    // Each point's kernel with itself is 1.
    biased: (sums.within + first) / first ** 2 + (sums.beyond + second) / second ** 2 - across,
  };
}

/**
 * How often the discrepancy of points dealt out at random is at least as large as that of the samples: a permutation test. The share is of
 * the deals and the samples themselves, so it is never 0.
 */
export function permutationTest(kernel: KernelMatrix, deals: number, seed: string): number {
  const random = createSeededRandom(seed);
  const observed = maximumMeanDiscrepancy(kernel).unbiased;
  const order = Array.from({ length: kernel.first + kernel.second }, (_, i) => i);
  let reached = 1;
  for (let deal = 0; deal < deals; deal++) {
    random.shuffle(order);
    if (discrepancyOf(kernel, order).unbiased >= observed) reached++;
  }
  return reached / (deals + 1);
}
