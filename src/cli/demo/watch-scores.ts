import type { Hex } from '../../base/bytes.ts';
import { systemClock } from '../../base/clock.ts';
import { connectLedger } from '../../ledger/ethers-ledger.ts';
import { createLedgerIndex } from '../../ledger/ledger-index.ts';
import { studyScores } from '../../valuation/study-score.ts';
import type { PeerRow } from './live-state.ts';

const POLL_MILLISECONDS = 1_000;

/**
 * Keeps the scores of a running study up to date from the ledger, as anybody could.
 * @returns how to stop
 */
export function watchScores(watch: {
  rpcUrl: string;
  contract: Hex;
  study: Hex;
  rows: readonly PeerRow[];
}): () => Promise<void> {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    const connection = await connectLedger({ rpcUrl: watch.rpcUrl, contract: watch.contract });
    try {
      const index = createLedgerIndex(connection, watch.study);
      while (!stopping.signal.aborted) {
        await index.refresh().catch(() => {}); // the chain may be away for a while
        const { total, byRound } = studyScores(index.entries());
        if (byRound.size > 0) for (const row of watch.rows) row.scoreMicros = total.get(row.address) ?? null;
        await systemClock.wait(POLL_MILLISECONDS, stopping.signal);
      }
    } finally {
      connection.close();
    }
  };
  const done = loop().catch(() => {}); // then the table lacks its last column; the audit reads the scores itself
  return async () => {
    stopping.abort();
    await done;
  };
}
