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
  /** Of each row, without the point itself. */
  readonly rowSums: Float64Array;
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
  const count = x.count + y.count;
  const distances = squaredDistances(joined(x.values, y.values), count);
  const factor = scale ?? 1 / (2 * (medianOf(distances) || 1));
  const values = new Float64Array(count * count);
  const rowSums = new Float64Array(count);
  let next = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const kernel = Math.exp(-factor * (distances[next++] as number));
      values[i * count + j] = kernel;
      values[j * count + i] = kernel;
      rowSums[i] = (rowSums[i] as number) + kernel;
      rowSums[j] = (rowSums[j] as number) + kernel;
    }
  }
  return { values, rowSums, first: x.count, second: y.count };
}

function joined(x: ArrayLike<number>, y: ArrayLike<number>): Float64Array {
  const all = new Float64Array(x.length + y.length);
  all.set(x);
  all.set(y, x.length);
  return all;
}

/** Of each point to those before it. */
function squaredDistances(points: Float64Array, count: number): Float64Array {
  const width = points.length / count;
  const distances = new Float64Array((count * (count - 1)) / 2);
  let next = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        const step = (points[i * width + k] as number) - (points[j * width + k] as number);
        sum += step * step;
      }
      distances[next++] = sum;
    }
  }
  return distances;
}

const medianOf = (values: Float64Array): number => values.toSorted()[Math.floor(values.length / 2)] as number;

/** Source: Gretton, Borgwardt, Rasch, Schölkopf and Smola, A kernel two-sample test, 2012, equations 3 and 5. */
export function maximumMeanDiscrepancy(kernel: KernelMatrix): MaximumMeanDiscrepancy {
  return discrepancyOf(
    kernel,
    Array.from({ length: kernel.first + kernel.second }, (_, i) => i),
  );
}

/**
 * Only the smaller sample's pairs are looked up; the rest follows from the sums of the rows.
 * @param order the points, those of the first sample before the others
 */
function discrepancyOf(
  { values, rowSums, first, second }: KernelMatrix,
  order: readonly number[],
): MaximumMeanDiscrepancy {
  const isFirstSmaller = first <= second;
  const smaller = isFirstSmaller ? order.slice(0, first) : order.slice(first);
  let [own, reach, all] = [0, 0, 0];
  for (const sum of rowSums) all += sum;
  smaller.forEach((point, i) => {
    reach += rowSums[point] as number;
    for (let j = 0; j < i; j++) own += 2 * (values[point * order.length + (smaller[j] as number)] as number);
  });
  const across = reach - own;
  const other = all - own - 2 * across;
  const [within, beyond] = isFirstSmaller ? [own, other] : [other, own];
  const between = (2 * across) / (first * second);
  return {
    unbiased: within / (first * (first - 1)) + beyond / (second * (second - 1)) - between,
    // Each point's kernel with itself is 1.
    biased: (within + first) / first ** 2 + (beyond + second) / second ** 2 - between,
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
