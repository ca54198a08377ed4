import type { Ledger } from '../ledger/ledger.ts';
import type { Outbox } from '../ledger/outbox.ts';
import { PeerError } from './peer-error.ts';
import type { StudySetting } from './study-setting.ts';

/** How often it is looked whether everything is anchored. */
const DRAIN_MILLISECONDS = 1_000;

/**
 * A member without budget for another round withdraws from the study, once all that it said is on the ledger: the others need not wait for
 * it, and nothing of its data is told any more. Any other error is thrown on at once.
 * @throws what it was given, always
 */
export async function leaveIfExhausted(
  error: unknown,
  { ledger, outbox, setting }: { ledger: Pick<Ledger, 'withdraw'>; outbox: Outbox; setting: StudySetting },
): Promise<never> {
  if (!(error instanceof PeerError) || error.code !== 'peer/privacy-budget') throw error;
  setting.emit({ event: 'privacy.exhausted', round: Number(error.details['round']) });
  while (!(await outbox.drained(DRAIN_MILLISECONDS))); // bounded by the peer's own end: its outbox stops with it
  await ledger.withdraw(setting.study);
  setting.emit({ event: 'study.withdrawn' });
  throw error;
}
