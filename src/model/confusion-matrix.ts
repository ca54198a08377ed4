import { mostProbable } from './count-correct.ts';

/**
 * How many samples of each class were taken for each class.
 * @param scores samples × classes, sample after sample
 * @returns a row for each true class, a column for each predicted one
 */
export function confusionMatrix(scores: Float32Array, labels: Uint8Array, classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  labels.forEach((label, sample) => {
    const row = matrix[label] as number[];
    const predicted = mostProbable(scores.subarray(sample * classes, (sample + 1) * classes));
    row[predicted] = (row[predicted] as number) + 1;
  });
  return matrix;
}
