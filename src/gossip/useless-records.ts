import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Offences } from './offences.ts';
import { createRateLimit } from './rate-limit.ts';
import type { Verdict } from './verdict.ts';

/**
 * Records of gossip that a member may bring although they are of no use: those of a round, three for each of 64 members, at once to a
 * peer that lags behind the ledger or has asked for them already, and again every half minute. Each costs this peer a signature check, a
 * few milliseconds at the most, and no rule is broken by any one of them: only by their number.
 */
const USELESS_RECORDS = { burst: 256, perSecond: 8 };

/** What comes over gossip and is ignored, counted for each member that brought it. What is accepted is bounded by the study's size. */
export interface UselessRecords {
  note(sender: Hex, verdict: Verdict): void;
}

export function countUselessRecords(clock: Pick<Clock, 'now'>, offences: () => Offences): UselessRecords {
  const limit = createRateLimit(USELESS_RECORDS);
  return {
    note(sender, { action }) {
      if (action === 'ignore' && !limit.take(sender, clock.now())) offences().note(sender, 'flood');
    },
  };
}
