import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isConsiliumError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Contribution } from '../protocol/contribution.ts';
import { hashContent, type LedgerEntry } from '../protocol/ledger-entry.ts';
import type { Valuation } from '../protocol/valuation.ts';
import type { LedgerWriter } from './ledger.ts';
import type { LedgerIndex } from './ledger-index.ts';

/** A record of this member on its way to the ledger. */
export type OutboxItem =
  | { readonly kind: 'contribution'; readonly record: Contribution }
  | { readonly kind: 'valuation'; readonly record: Valuation };

/** Where the outbox is kept on disk. */
export interface OutboxStore {
  /** Items neither anchored nor refused, in the order in which they were added. */
  pending(): OutboxItem[];
  markAnchored(structHash: Hex, sequence: number): void;
  markRefused(structHash: Hex, reason: string): void;
}

export interface OutboxDeps {
  readonly ledger: LedgerWriter;
  readonly index: LedgerIndex;
  readonly store: OutboxStore;
  readonly clock: Clock;
  readonly logger: Logger;
  onAnchored(item: OutboxItem, entry: LedgerEntry): void;
}

/** Brings records to the ledger, in order, each once, however often chain or process fail in between. */
export interface Outbox {
  /** Works until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Wakes the outbox up: something was added. */
  wake(): void;
  /** Resolves once nothing is pending, or after `milliseconds`; true if nothing is pending. */
  drained(milliseconds: number): Promise<boolean>;
}

const IDLE_MILLISECONDS = 1_000;
const FIRST_BACKOFF_MILLISECONDS = 250;
const LONGEST_BACKOFF_MILLISECONDS = 5_000;

export function createOutbox(deps: OutboxDeps): Outbox {
  let rouse = (): void => {};
  let backoff = FIRST_BACKOFF_MILLISECONDS;

  /** True if the item is on the ledger: its own event is what counts, not the word of whoever took the transaction. */
  const settle = (item: OutboxItem): boolean => {
    const entry = deps.index.find(hashContent(item));
    if (entry === undefined) return false;
    deps.store.markAnchored(hashContent(item), entry.sequence);
    deps.onAnchored(item, entry);
    return true;
  };

  const submit = async (item: OutboxItem): Promise<void> => {
    try {
      await (item.kind === 'contribution' ? deps.ledger.contribute(item.record) : deps.ledger.reveal(item.record));
      await deps.index.refresh();
    } catch (error) {
      if (!isConsiliumError(error, 'ledger/reverted')) throw error;
      // Somebody else may have brought it; only if it is not there the refusal is final.
      await deps.index.refresh();
      if (deps.index.find(hashContent(item)) !== undefined) return;
      deps.store.markRefused(hashContent(item), messageOf(error));
      deps.logger.error('outbox.refused', { kind: item.kind, round: item.record.round, reason: messageOf(error) });
    }
  };

  const flush = async (): Promise<void> => {
    await deps.index.refresh();
    for (const item of deps.store.pending()) {
      if (settle(item)) continue;
      await submit(item);
      settle(item);
    }
  };

  const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    const roused = new AbortController();
    rouse = () => roused.abort();
    const stop = (): void => roused.abort();
    signal.addEventListener('abort', stop, { once: true });
    await deps.clock.wait(milliseconds, roused.signal);
    signal.removeEventListener('abort', stop);
  };

  return {
    async run(signal) {
      while (!signal.aborted) {
        try {
          await flush();
          backoff = FIRST_BACKOFF_MILLISECONDS;
          if (deps.store.pending().length === 0) await pause(IDLE_MILLISECONDS, signal);
        } catch (error) {
          deps.logger.warn('outbox.waiting', { pending: deps.store.pending().length, error: messageOf(error) });
          await pause(backoff, signal);
          backoff = Math.min(2 * backoff, LONGEST_BACKOFF_MILLISECONDS);
        }
      }
    },
    wake: () => rouse(),
    async drained(milliseconds) {
      const deadline = deps.clock.now() + milliseconds;
      while (deps.store.pending().length > 0 && deps.clock.now() < deadline) {
        rouse();
        await deps.clock.wait(50);
      }
      return deps.store.pending().length === 0;
    },
  };
}
