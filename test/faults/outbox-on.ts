import { silentLogger } from '../../src/base/logger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createLedgerIndex, type LedgerIndex } from '../../src/ledger/ledger-index.ts';
import { createOutbox, type Outbox } from '../../src/ledger/outbox.ts';
import type { PeerStore } from '../../src/peer/peer-store.ts';
import { hurriedClock } from './hurried-clock.ts';
import type { StudyPlace } from './study-records.ts';

/** Starts an outbox on a store that is open, until the process ends. */
export function startOutboxOn(parts: {
  readonly ledger: Ledger;
  readonly setting: StudyPlace;
  readonly store: PeerStore;
  readonly spoil: (index: LedgerIndex) => LedgerIndex;
}): { index: LedgerIndex; outbox: Outbox } {
  const index = parts.spoil(createLedgerIndex(parts.ledger, parts.setting.study));
  const outbox = createOutbox({
    ledger: parts.ledger,
    index,
    store: parts.store.outbox,
    clock: hurriedClock(10),
    logger: silentLogger,
    confirmations: 0,
    onAnchored: () => {},
  });
  void outbox.run(new AbortController().signal);
  return { index, outbox };
}
