import type { Hex } from '../base/bytes.ts';
import type { SignedCheckpoint } from '../protocol/checkpoint.ts';
import { headCount } from '../protocol/head-word.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';

/** A log, and what is known of the one that members saw. */
export interface SignedHistory {
  /** The head before the first entry. */
  readonly initial: Hex;
  /** The log as the ledger tells it now. */
  readonly log: readonly LedgerEntry[];
  /** The exporter's copy of the log, as far as its heads follow from its entries; it may be of before or of after. */
  copy(): readonly LedgerEntry[];
  /** Heads with sound signatures of participants. */
  readonly signed: readonly SignedCheckpoint[];
}

/** Entries, first to last, of which at least one is not what it was. */
export interface RewrittenEntries {
  readonly first: number;
  readonly last: number;
}

/**
 * Where the log parted from the one that a head stands for. If the copy leads to that head, it is the first entry at which the two differ;
 * else one after the last head of before that both have.
 * @param head one that the log does not have
 */
export function locateRewrite(history: SignedHistory, head: Hex): RewrittenEntries {
  const { initial, log, signed } = history;
  const count = headCount(head);
  const copy = history.copy();
  if (copy[count - 1]?.head === head) {
    const first = copy.findIndex((entry, i) => entry.head !== log[i]?.head);
    return { first, last: first };
  }
  const common = signed
    .map(({ record }) => record.head)
    .filter((each) => headCount(each) < count && (log[headCount(each) - 1]?.head ?? initial) === each);
  return { first: Math.max(0, ...common.map(headCount)), last: Math.max(0, count - 1) };
}
