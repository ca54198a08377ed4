/** Maps the smallest and largest of some numbers to 0 and 1, in place; numbers that are all alike, or have no range, become 0. */
export function unitRange(values: Float32Array): void {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const range = most - least;
  if (range === 0 || !Number.isFinite(range)) {
    values.fill(0);
    return;
  }
  for (let index = 0; index < values.length; index++) values[index] = ((values[index] as number) - least) / range;
}
