import type { SeededRandom } from '../base/seeded-random.ts';

/** Two disjoint parts of a list of samples, each in ascending order. */
export interface Cut {
  readonly heldOut: number[];
  readonly rest: number[];
}

/**
 * Holds out a share of each class, rounded, and at least `minimum` samples in all (but never the last one).
 * @param samples indices into `labels`
 * @param share of each class, 0 … 1
 */
export function stratifiedCut(
  labels: Uint8Array,
  samples: readonly number[],
  { share, minimum }: { share: number; minimum: number },
  random: SeededRandom,
): Cut {
  const heldOut: number[] = [];
  const rest: number[] = [];
  for (const members of groupByClass(labels, samples)) {
    random.shuffle(members);
    const taken = Math.round(members.length * share);
    heldOut.push(...members.slice(0, taken));
    rest.push(...members.slice(taken));
  }
  random.shuffle(rest);
  while (heldOut.length < minimum && rest.length > 1) heldOut.push(rest.pop() as number);
  return { heldOut: heldOut.sort(ascending), rest: rest.sort(ascending) };
}

/** The samples of each class that occurs, by ascending class. */
export function groupByClass(labels: Uint8Array, samples: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (const sample of samples) {
    const label = labels[sample] as number;
    groups[label] ??= [];
    groups[label].push(sample);
  }
  return groups.filter((group) => group !== undefined);
}

function ascending(a: number, b: number): number {
  return a - b;
}
