/** Indices of a longest strictly ascending subsequence: so the fewest others are out of place. */
export function longestAscending(values: readonly number[]): Set<number> {
  const ends: number[] = []; // index of the smallest last value of an ascending subsequence of each length
  const before: number[] = [];
  for (const [i, value] of values.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[ends[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before.push(ends[low - 1] ?? -1);
    ends[low] = i;
  }
  const kept = new Set<number>();
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i] ?? -1) kept.add(i);
  return kept;
}
