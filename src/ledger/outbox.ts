import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isConsiliumError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { hashContent, type LedgerEntry } from '../protocol/ledger-entry.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerIndex } from './ledger-index.ts';
import { nextBatch } from './outbox-batch.ts';
import type { OutboxItem } from './outbox-item.ts';

/** Where the outbox is kept on disk; every change is there before the call returns. */
export interface OutboxStore {
  /** Items neither anchored nor refused, in the order in which they were added. */
  pending(): OutboxItem[];
  /** Struct hashes of the items that were marked as anchored. */
  anchored(): Hex[];
  markAnchored(structHash: Hex, sequence: number): void;
  markRefused(structHash: Hex, reason: string): void;
  /** Makes an anchored item pending again. */
  reopen(structHash: Hex): void;
}

export interface OutboxDeps {
  readonly ledger: Ledger;
  readonly index: LedgerIndex;
  readonly store: OutboxStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many blocks must follow the one that holds a record; zero on chains whose blocks are final. */
  readonly confirmations: number;
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
  const { ledger, index, store, clock, logger } = deps;
  let rouse = (): void => {};
  let backoff = FIRST_BACKOFF_MILLISECONDS;
  let generation = index.generation();

  /** A reorganisation may have taken back what was anchored. */
  const reopenReverted = (): void => {
    if (generation === index.generation()) return;
    generation = index.generation();
    for (const hash of store.anchored()) {
      if (index.find(hash) !== undefined) continue;
      logger.warn('outbox.reopened', { hash });
      store.reopen(hash);
    }
  };

  /** Whether enough blocks follow the entry, by the word of the chain now and not when it was read. */
  const isFinal = async (entry: LedgerEntry): Promise<boolean> => {
    if (deps.confirmations === 0) return true;
    const receipt = await ledger.receipt(entry.transaction);
    if (receipt === null || receipt.blockNumber !== entry.blockNumber) {
      await index.reread();
      return false;
    }
    return (await ledger.blockNumber()) - receipt.blockNumber >= deps.confirmations;
  };

  /** Its own event is what counts, not the word of whoever took the transaction. */
  const settle = async (item: OutboxItem): Promise<void> => {
    const hash = hashContent(item);
    const entry = index.find(hash);
    if (entry === undefined || !(await isFinal(entry))) return;
    store.markAnchored(hash, entry.sequence);
    deps.onAnchored(item, entry);
  };

  const isOnLedger = (item: OutboxItem): boolean => index.find(hashContent(item)) !== undefined;

  const send = (items: readonly OutboxItem[]): Promise<void> => {
    const valuations = items.flatMap((item) => (item.kind === 'valuation' ? item.record : []));
    if (valuations.length > 0) return ledger.reveal(valuations);
    const contributions = items.flatMap((item) => (item.kind === 'contribution' ? item : []));
    const [only, ...more] = contributions;
    return only !== undefined && more.length === 0
      ? ledger.contribute(only.record)
      : ledger.contributeFor(contributions);
  };

  /** Sends items of one kind together; if the contract refuses one of them, one by one, to find out which. */
  const submit = async (items: readonly OutboxItem[]): Promise<void> => {
    try {
      await send(items);
    } catch (error) {
      if (!isConsiliumError(error, 'ledger/reverted')) throw error;
      // Somebody else may have brought it; only if it is not there the refusal is final.
      await index.refresh();
      const refused = items.filter((item) => !isOnLedger(item));
      const [only, ...more] = refused;
      if (only !== undefined && items.length === 1) return refuse(only, messageOf(error));
      for (const item of more.length === 0 && only === undefined ? [] : refused) await submit([item]);
    }
  };

  const refuse = (item: OutboxItem, reason: string): void => {
    store.markRefused(hashContent(item), reason);
    logger.error('outbox.refused', { kind: item.kind, round: item.record.round, reason });
  };

  const flush = async (): Promise<void> => {
    await index.refresh();
    reopenReverted();
    for (;;) {
      for (const item of store.pending()) await settle(item);
      reopenReverted();
      const batch = nextBatch(store.pending().filter((item) => !isOnLedger(item)));
      if (batch.length === 0) return;
      await submit(batch);
      await index.refresh();
    }
  };

  const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    const roused = new AbortController();
    rouse = () => roused.abort();
    const stop = (): void => roused.abort();
    signal.addEventListener('abort', stop, { once: true });
    await clock.wait(milliseconds, roused.signal);
    signal.removeEventListener('abort', stop);
  };

  return {
    async run(signal) {
      while (!signal.aborted) {
        try {
          await flush();
          backoff = FIRST_BACKOFF_MILLISECONDS;
          await pause(IDLE_MILLISECONDS, signal);
        } catch (error) {
          logger.warn('outbox.waiting', { pending: store.pending().length, error: messageOf(error) });
          await pause(backoff, signal);
          backoff = Math.min(2 * backoff, LONGEST_BACKOFF_MILLISECONDS);
        }
      }
    },
    wake: () => rouse(),
    async drained(milliseconds) {
      const deadline = clock.now() + milliseconds;
      rouse(); // once: a node that is busy or away is not asked more often because somebody waits
      while (store.pending().length > 0 && clock.now() < deadline) await clock.wait(50);
      return store.pending().length === 0;
    },
  };
}
