import type { Hex } from '../base/bytes.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { longestAscending } from './longest-ascending.ts';

interface Signed {
  readonly round: number;
  readonly member: Hex;
  /** Of a checkpoint: a member that signed two heads for one round has shown both. */
  readonly head?: Hex;
}

const nameOf = (item: Signed): string => `${item.round}/${textOf(item)}`;
const textOf = ({ member, head = '0x' }: Signed): string => member + head;

const byRoundAndMember = (a: Signed, b: Signed): number =>
  a.round - b.round || (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0);

/** Contributions in the order of their entries in the log, then those without one by round and member. */
function byEntry(log: Evidence['log']): (a: Signed, b: Signed) => number {
  const places = new Map<string, number>();
  for (const { kind, record, sequence } of log) {
    if (kind === 'contribution') places.set(nameOf(record), sequence);
  }
  const placeOf = (item: Signed): number => places.get(nameOf(item)) ?? log.length;
  return (a, b) => placeOf(a) - placeOf(b) || byRoundAndMember(a, b);
}

type RecordLists = Pick<Evidence, 'log' | 'announcements' | 'checkpoints'>;

const announcer = ({ record }: Evidence['announcements'][number]): Signed => record;
const cosigner = ({ record, member }: Evidence['checkpoints'][number]): Signed => ({ ...record, member });

/** Puts the records of a bundle into the one order that it has. */
export function inBundleOrder<E extends RecordLists>(evidence: E): E {
  const order = byEntry(evidence.log);
  return {
    ...evidence,
    announcements: evidence.announcements.toSorted((a, b) => order(announcer(a), announcer(b))),
    checkpoints: evidence.checkpoints.toSorted((a, b) => byRoundAndMember(cosigner(a), cosigner(b))),
  };
}

/** Records that are out of that order, or there twice. */
export function checkRecordOrder({ log, announcements, checkpoints }: RecordLists): Finding[] {
  return [
    ...findMisplaced(announcements.map(announcer), byEntry(log), 'contribution'),
    ...findMisplaced(checkpoints.map(cosigner), byRoundAndMember, 'checkpoint'),
  ];
}

function findMisplaced(items: readonly Signed[], order: (a: Signed, b: Signed) => number, what: string): Finding[] {
  const sorted = items.toSorted(order);
  const ranks = new Map<string, number>();
  for (const [rank, item] of sorted.entries()) ranks.set(nameOf(item), rank);
  const kept = longestAscending(items.map((item) => ranks.get(nameOf(item)) ?? 0));
  return items.flatMap(({ round, member }, i): Finding[] => {
    if (kept.has(i)) return [];
    const message = `the signed ${what} is there twice, or not in its place among the others`;
    return [{ code: 'audit/record-misplaced', member, round, message }];
  });
}
