import { isConsiliumError, messageOf } from '../base/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Announcement } from '../protocol/announcement.ts';
import { positionsOf } from './study-knowledge.ts';
import type { StudySetting } from './study-setting.ts';

const POLL_MILLISECONDS = 250;
/** Takes turns, so that not everybody brings the same records in the same block. */
const TURN_MILLISECONDS = 500;
const MAXIMUM_ATTEMPTS = 10;

/**
 * Waits until every contribution that this peer has seen is on the ledger. What its own member does not bring, because it is gone,
 * this peer brings under that member's signature.
 */
export async function anchorAbsent(setting: StudySetting, ledger: Ledger, signal: AbortSignal): Promise<void> {
  const { index, store, manifest, clock, self, logger } = setting;
  const patience =
    1000 * manifest.waiting.lostGraceSeconds +
    TURN_MILLISECONDS * positionsOf(index).findIndex((accounts) => accounts.includes(self));
  const begin = clock.now();
  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS && !signal.aborted; ) {
    await index.refresh().catch(() => {});
    const missing = store
      .announcements()
      .filter(({ record }) => index.find(store.contributionHash(record.member, record.round) ?? '0x') === undefined);
    if (missing.length === 0) return;
    if (clock.now() - begin < patience) {
      await clock.wait(POLL_MILLISECONDS, signal);
      continue;
    }
    attempt += 1;
    await bring(ledger, missing).catch((error: unknown) => {
      logger.warn('anchor.absent-failed', { records: missing.length, error: messageOf(error) });
    });
    await clock.wait(POLL_MILLISECONDS, signal);
  }
}

/** One by one, oldest round first: a record that is refused, because it came too late, must not hold up the others. */
async function bring(ledger: Ledger, missing: readonly Announcement[]): Promise<void> {
  for (const { record, signature } of missing.toSorted((a, b) => a.record.round - b.record.round)) {
    try {
      await ledger.contributeFor([{ record, signature }]);
    } catch (error) {
      if (!isConsiliumError(error, 'ledger/reverted')) throw error;
    }
  }
}
