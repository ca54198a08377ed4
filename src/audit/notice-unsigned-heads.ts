import { participantsIn } from '../protocol/participants.ts';
import type { AuditSubject } from './audit-subject.ts';
import { keyOf } from './audit-subject.ts';
import type { Notice } from './finding.ts';

/**
 * Members that recorded a round of which others signed the head, and signed none, as far as the bundle shows: they were away, or the
 * exporter had not heard of it, or somebody took it out, which makes a rewritten log harder to prove.
 */
export function noticeUnsignedHeads({ log, manifest, bundle, contributions }: AuditSubject): Notice[] {
  const { checkpoints } = bundle.evidence;
  const signed = new Set(checkpoints.map(({ record, member }) => keyOf(record.round, member)));
  const rounds = [...new Set(checkpoints.map(({ record }) => record.round))].toSorted((a, b) => a - b);
  return participantsIn(log).flatMap(({ accounts, account: member }): Notice[] => {
    const unsigned = rounds.filter(
      (round) =>
        round <= manifest.rounds &&
        accounts.some((account) => contributions.has(keyOf(round, account))) &&
        !accounts.some((account) => signed.has(keyOf(round, account))),
    );
    const [first, last] = [unsigned[0], unsigned.at(-1)];
    if (first === undefined) return [];
    const span = first === last ? `round ${first}` : `${unsigned.length} rounds from ${first} to ${last}`;
    return [{ member, round: first, message: `the bundle has no head of the log that the member signed for ${span}` }];
  });
}
