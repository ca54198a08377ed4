import { createSeededRandom } from '../base/seeded-random.ts';
import { copyKeys } from './copy-keys.ts';
import type { SourceRecord } from './source-record.ts';

/** Indices of records, ascending. */
export interface RecordSplit {
  readonly training: number[];
  readonly heldOut: number[];
  /** How many groups stay together, and records of the largest. */
  readonly groups: number;
  readonly largestGroup: number;
}

/**
 * Holds out about a share of each class. Records of one patient stay together, and so do copies of one record ({@link copyKeys}), so
 * that nothing that was trained on is judged on.
 * @param share of the records, 0 … 1
 */
export function splitRecords(
  records: readonly SourceRecord[],
  { share, seed }: { readonly share: number; readonly seed: string },
): RecordSplit {
  const random = createSeededRandom(seed, 'split-records');
  const together = groupsOf(records);
  const byClass = Map.groupBy(together, ([first = 0]) => records[first]?.label ?? '');
  const heldOut: number[] = [];
  for (const label of [...byClass.keys()].sort()) {
    const groups = byClass.get(label) ?? [];
    random.shuffle(groups);
    const wanted = Math.round(share * groups.reduce((total, { length }) => total + length, 0));
    let taken = 0;
    for (const group of groups) {
      // A large group that overshoots more than leaving it out falls short stays where it is.
      if (Math.abs(taken + group.length - wanted) >= Math.abs(taken - wanted)) continue;
      heldOut.push(...group);
      taken += group.length;
    }
  }
  const held = new Set(heldOut);
  const training = records.map((_, index) => index).filter((index) => !held.has(index));
  return {
    training,
    heldOut: heldOut.sort((a, b) => a - b),
    groups: together.length,
    largestGroup: together.reduce((most, { length }) => Math.max(most, length), 0),
  };
}

/** Records that belong together, by patient or as copies, directly or through others. */
function groupsOf(records: readonly SourceRecord[]): number[][] {
  const parents = records.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root] as number;
    parents[index] = root;
    return root;
  };
  const firstWith = new Map<string, number>();
  const copies = copyKeys(records);
  records.forEach(({ patient }, index) => {
    const copy = copies[index] ?? null;
    const keys = [...(copy === null ? [] : [`copy ${copy}`]), ...(patient === null ? [] : [`patient ${patient}`])];
    for (const key of keys) {
      const first = firstWith.get(key);
      if (first === undefined) firstWith.set(key, index);
      else parents[rootOf(index)] = rootOf(first);
    }
  });
  return [...Map.groupBy(parents.keys(), rootOf).values()];
}
