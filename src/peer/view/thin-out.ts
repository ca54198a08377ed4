/** More points than a drawing has room for only make the page slow. */
const MOST_POINTS = 400;

/** At most {@link MOST_POINTS} of the points, evenly spread, the last among them. */
export function thinOut<T>(points: readonly T[]): readonly T[] {
  const step = Math.ceil(points.length / MOST_POINTS);
  if (step <= 1) return points;
  return points.filter((_, i) => (points.length - 1 - i) % step === 0);
}
