import type { Hex } from '../base/bytes.ts';
import { systemClock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createLedgerIndex } from '../ledger/ledger-index.ts';
import { createOutbox } from '../ledger/outbox.ts';
import type { PeerStore } from './peer-store.ts';

const LOOK_MILLISECONDS = 1_000;

/** Brings to the ledger what a peer that does not run has signed and not recorded yet. @param signal gives up */
export async function drainOutbox(
  { ledger, study, store }: { ledger: Ledger; study: Hex; store: Pick<PeerStore, 'outbox'> },
  signal: AbortSignal,
): Promise<void> {
  if (store.outbox.pending().length === 0) return;
  const outbox = createOutbox({
    ledger,
    index: createLedgerIndex(ledger, study),
    store: store.outbox,
    clock: systemClock,
    logger: silentLogger,
    confirmations: 0,
    onAnchored: () => {},
  });
  const stopping = new AbortController();
  const running = outbox.run(stopping.signal);
  try {
    while (!(await outbox.drained(LOOK_MILLISECONDS))) signal.throwIfAborted();
  } finally {
    stopping.abort();
    await running;
  }
}
