import type { Contribution } from '../protocol/contribution.ts';
import { keyOf } from './audit-subject.ts';
import type { Evidence } from './evidence.ts';

/** All contributions that a bundle tells of, by `round/member`: signed or recorded; where the two differ, what the ledger has. */
export function signedRecords({
  announcements,
  log,
}: Pick<Evidence, 'announcements' | 'log'>): Map<string, Contribution> {
  const recorded = log.flatMap((entry) => (entry.kind === 'contribution' ? entry.record : []));
  const all = [...announcements.map(({ record }) => record), ...recorded];
  return new Map(all.map((record) => [keyOf(record.round, record.member), record]));
}
