/** Estimates of several values, and how sure they are. */
export interface Estimates {
  readonly values: readonly number[];
  /** Standard error of each value: the standard deviation of its draws over the root of their number. */
  readonly standardErrors: readonly number[];
}

/** Means of independent draws of a row of values, with their standard errors, in one pass (Welford 1962). */
export interface SampleMean {
  add(draw: readonly number[]): void;
  readonly draws: () => number;
  /** Errors are infinite with fewer than two draws. */
  readonly estimates: () => Estimates;
}

export function createSampleMean(width: number): SampleMean {
  const means = Array.from({ length: width }, () => 0);
  const squares = Array.from({ length: width }, () => 0);
  let draws = 0;
  return {
    add: (draw) => {
      draws++;
      for (const [i, value] of draw.entries()) {
        const difference = value - (means[i] ?? 0);
        means[i] = (means[i] ?? 0) + difference / draws;
        squares[i] = (squares[i] ?? 0) + difference * (value - (means[i] ?? 0));
      }
    },
    draws: () => draws,
    estimates: () => ({
      values: [...means],
      standardErrors: squares.map((sum) =>
        draws < 2 ? Number.POSITIVE_INFINITY : Math.sqrt(sum / (draws - 1) / draws),
      ),
    }),
  };
}
