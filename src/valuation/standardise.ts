import type { LabelledPoints } from './knn-shapley.ts';

/**
 * Every column with mean 0 and standard deviation 1 in the training part, so that distances do not hang on units. A column that is the
 * same for all of it becomes 0.
 * @returns the training part, and the held-out part moved and scaled by the same numbers
 */
export function standardise(training: LabelledPoints, heldOut: LabelledPoints): [LabelledPoints, LabelledPoints] {
  const { values, width } = training;
  const columns = Array.from({ length: width }, (_, column) => momentsOf(values, column, width));
  const scaled = (points: LabelledPoints): LabelledPoints => ({
    ...points,
    values: points.values.map((value, index) => {
      const { mean, spread } = columns[index % width] as Moments;
      return spread === 0 ? 0 : (value - mean) / spread;
    }),
  });
  return [scaled(training), scaled(heldOut)];
}

interface Moments {
  readonly mean: number;
  /** Standard deviation. */
  readonly spread: number;
}

function momentsOf(values: Float32Array, column: number, width: number): Moments {
  const count = values.length / width;
  let [sum, squares] = [0, 0];
  for (let index = column; index < values.length; index += width) sum += values[index] as number;
  const mean = sum / count;
  for (let index = column; index < values.length; index += width) squares += ((values[index] as number) - mean) ** 2;
  return { mean, spread: Math.sqrt(squares / count) };
}
