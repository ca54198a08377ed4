import type { Hex } from '../base/bytes.ts';
import { checkpointDigest, type SignedCheckpoint } from '../protocol/checkpoint.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import { headCount } from '../protocol/head-word.ts';
import { findHeadBreak, initialHead, type LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { recoverSigner } from '../protocol/signature.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { locateRewrite, type SignedHistory } from './locate-rewrite.ts';

/**
 * Every head that members signed must be one that the log had: otherwise the history was rewritten since, and the signatures prove it. One
 * finding a head, at the first entry that may have been rewritten.
 */
export function checkCheckpoints(domain: LedgerDomain, evidence: Evidence, log: readonly LedgerEntry[]): Finding[] {
  const initial = initialHead(domain, evidence.study);
  // Who is not in a log that was rewritten may be in the copy of the one before.
  const participants = [log, evidence.log].flatMap((entries) => participantsIn(entries));
  const accounts = new Set(participants.flatMap((each) => each.accounts));
  const faults = new Map(evidence.checkpoints.map((each) => [each, faultOf(domain, each, evidence.study, accounts)]));
  const signed = evidence.checkpoints.filter((checkpoint) => faults.get(checkpoint) === null);
  const history = { initial, log, copy: soundCopy(initial, evidence.log), signed };
  const contradicted = signed.filter(({ record: { head } }) => headAt(history, headCount(head)) !== head);
  return [
    ...[...faults].flatMap(
      ([
        {
          member,
          record: { round },
        },
        message,
      ]): Finding[] => (message === null ? [] : [{ code: 'audit/signature-wrong', member, round, message }]),
    ),
    ...[...Map.groupBy(contradicted, ({ record }) => record.head).values()].map((each) => rewritten(history, each)),
    ...checkCosigned(history),
  ];
}

/** Why a checkpoint says nothing of this log; null where it does. */
function faultOf(
  domain: LedgerDomain,
  { record, member, signature }: SignedCheckpoint,
  study: Hex,
  accounts: ReadonlySet<Hex>,
): string | null {
  if (recoverSigner(checkpointDigest(domain, record), signature) !== member) {
    return 'the signature of a checkpoint is not that of the member';
  }
  if (record.study !== study) return 'the checkpoint is of another study';
  return accounts.has(member) ? null : 'a checkpoint of an account that never joined: it accuses nobody';
}

/** The part of a log whose heads follow from its entries, worked out when it is asked for: without a contradiction nobody does. */
function soundCopy(initial: Hex, exported: readonly LedgerEntry[]): () => readonly LedgerEntry[] {
  let sound: readonly LedgerEntry[] | undefined;
  return () => {
    sound ??= exported.slice(0, findHeadBreak(initial, exported) ?? exported.length);
    return sound;
  };
}

const headAt = ({ initial, log }: SignedHistory, count: number): Hex | undefined =>
  count === 0 ? initial : log[count - 1]?.head;

/** @param checkpoints of one head, at least one */
function rewritten(history: SignedHistory, checkpoints: readonly SignedCheckpoint[]): Finding {
  const [{ record }] = checkpoints as [SignedCheckpoint];
  const count = headCount(record.head);
  const members = [...new Set(checkpoints.map(({ member }) => member))];
  const { first, last } = locateRewrite(history, record.head);
  const where = first === last ? `entry ${first} is` : `one of the entries ${first} to ${last} is`;
  const message =
    `${where} not what members signed: ${members.join(', ')} signed another head after entry ${count - 1} than the ledger has` +
    othersOf(history, members, first);
  const [only] = members.length === 1 ? members : [];
  return {
    code: 'audit/history-rewritten',
    ...(only && { member: only }),
    round: record.round,
    sequence: first,
    message,
  };
}

/** Who signed the log as it is now, behind the place in question: the other of the two signed heads. */
function othersOf(history: SignedHistory, members: readonly Hex[], first: number): string {
  const present = history.signed.filter(({ record: { head } }) => {
    const count = headCount(head);
    return count > first && headAt(history, count) === head;
  });
  const signers = [...new Set(present.map(({ member }) => member))];
  if (signers.length === 0) return '';
  const both = signers.filter((signer) => members.includes(signer));
  const twice = both.length === 0 ? '' : `; ${both.join(', ')} signed both histories`;
  return `, which ${signers.join(', ')} signed${twice}`;
}

/** The same for heads that were co-signed on the ledger itself. */
function checkCosigned(history: SignedHistory): Finding[] {
  return history.log.flatMap((entry): Finding[] => {
    if (entry.kind !== 'checkpointed') return [];
    const { signedHead, round } = entry.record;
    if (headAt(history, headCount(signedHead)) === signedHead) return [];
    const { first } = locateRewrite(history, signedHead);
    const message = `entry ${entry.sequence} is a co-signed head that the log never had: it was rewritten, from entry ${first} on at the earliest`;
    return [{ code: 'audit/history-rewritten', round, sequence: first, message }];
  });
}
