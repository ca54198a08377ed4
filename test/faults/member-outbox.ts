import { join } from 'node:path';
import type { Clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createLedgerIndex, type LedgerIndex } from '../../src/ledger/ledger-index.ts';
import { createOutbox, type Outbox, type OutboxDeps } from '../../src/ledger/outbox.ts';
import type { OutboxItem } from '../../src/ledger/outbox-item.ts';
import { openPeerStore, type PeerStore } from '../../src/peer/peer-store.ts';
import type { StudyPlace } from './study-records.ts';

/** One member's outbox at work, with a real store. */
export interface MemberOutbox {
  readonly store: PeerStore;
  readonly index: LedgerIndex;
  add(items: readonly OutboxItem[]): void;
  readonly outbox: Outbox;
  /** Stops the work and closes the store. */
  stop(): Promise<void>;
}

export interface MemberOutboxOptions {
  readonly ledger: Ledger;
  readonly place: StudyPlace;
  readonly folder: string;
  readonly name: string;
  readonly clock: Clock;
  readonly confirmations?: number;
  readonly onAnchored?: OutboxDeps['onAnchored'];
  /** Breaks the index, for controls. */
  readonly spoil?: (index: LedgerIndex) => LedgerIndex;
}

export function startMemberOutbox(options: MemberOutboxOptions): MemberOutbox {
  const { ledger, place, clock, confirmations = 0, onAnchored = () => {}, spoil = (index) => index } = options;
  const store = openPeerStore(join(options.folder, `${options.name}.db`));
  const index = spoil(createLedgerIndex(ledger, place.study));
  const deps = { ledger, index, store: store.outbox, clock, logger: silentLogger, confirmations, onAnchored };
  const outbox = createOutbox(deps);
  const stopping = new AbortController();
  const running = outbox.run(stopping.signal);
  return {
    store,
    index,
    outbox,
    add: (items) => {
      for (const item of items) store.outbox.add(item);
      outbox.wake();
    },
    stop: async () => {
      stopping.abort();
      await running;
      store.close();
    },
  };
}

/** An index that never finds anything: the outbox no longer knows what it has brought already. */
export function blind(index: LedgerIndex): LedgerIndex {
  return { ...index, find: () => undefined };
}
