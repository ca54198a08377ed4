/**
 * What a value counts on a scale from 0, the least of `values`, to 255, the largest; one scale for all images of a data set, so that brightness
 * compares.
 * @param values not empty
 */
export function byteScale(values: Float32Array): (value: number) => number {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return (value) => (255 * (value - least)) / (most - least || 1);
}
