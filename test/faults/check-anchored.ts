import type { Hex } from '../../src/base/bytes.ts';
import type { OutboxItem } from '../../src/ledger/outbox-item.ts';
import { hashContent, type LedgerEntry } from '../../src/protocol/ledger-entry.ts';

/** How a log falls short of what was acknowledged to one member. */
export interface Shortfall {
  readonly lost: number;
  readonly twice: number;
  /** Records of one kind that come before one that was acknowledged earlier. */
  readonly disordered: number;
}

/** @param acknowledged struct hashes and kinds of one member's records, in the order in which they were acknowledged */
export function checkAnchored(
  entries: readonly LedgerEntry[],
  acknowledged: readonly { kind: OutboxItem['kind']; hash: Hex }[],
): Shortfall {
  const places = new Map<Hex, number[]>();
  for (const entry of entries) {
    const hash = hashContent(entry);
    places.set(hash, [...(places.get(hash) ?? []), entry.sequence]);
  }
  const counts = acknowledged.map(({ hash }) => places.get(hash)?.length ?? 0);
  let disordered = 0;
  for (const kind of ['contribution', 'valuation']) {
    const sequences = acknowledged.filter((each) => each.kind === kind).flatMap(({ hash }) => places.get(hash) ?? []);
    disordered += sequences.filter((sequence, i) => i > 0 && sequence < (sequences[i - 1] ?? 0)).length;
  }
  return {
    lost: counts.filter((count) => count === 0).length,
    twice: counts.filter((count) => count > 1).length,
    disordered,
  };
}

export function addShortfalls(all: readonly Shortfall[]): Shortfall {
  const sum = (field: keyof Shortfall): number => all.reduce((total, each) => total + each[field], 0);
  return { lost: sum('lost'), twice: sum('twice'), disordered: sum('disordered') };
}

export function describeShortfall({ lost, twice, disordered }: Shortfall): string {
  return `${lost} lost, ${twice} twice, ${disordered} out of order`;
}

export function isSound({ lost, twice, disordered }: Shortfall): boolean {
  return lost + twice + disordered === 0;
}
