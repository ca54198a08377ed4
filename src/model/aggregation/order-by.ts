/**
 * Indices of the keys, ascending by key; equal keys keep the order of the sources, so that every machine gets the same one.
 */
export function orderBy(keys: readonly number[]): number[] {
  return keys.map((_, i) => i).toSorted((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
}
