import { mean } from 'd3-array';

/** Mean of what is known; null if nothing is. */
export function meanOf<T>(items: readonly T[], value: (item: T) => number | null): number | null {
  return mean(items, value) ?? null;
}
