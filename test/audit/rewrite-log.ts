import { type Hex, ZERO_DIGEST } from '../../src/base/bytes.ts';
import { checkpointHead } from '../../src/peer/co-sign.ts';
import { checkpointDigest, type SignedCheckpoint } from '../../src/protocol/checkpoint.ts';
import { type LedgerEntry, nextHead } from '../../src/protocol/ledger-entry.ts';
import { signDigest } from '../../src/protocol/signature.ts';
import { DOMAIN, memberAccount, memberKey } from '../builders.ts';

/** A log with entries changed, and all heads made anew: what whoever owns a chain could write. */
export function rewriteLog(log: readonly LedgerEntry[], change: (entry: LedgerEntry) => LedgerEntry): LedgerEntry[] {
  const written: LedgerEntry[] = [];
  for (const entry of log) {
    const before = written.at(-1)?.head;
    const content = change(entry);
    written.push({ ...content, head: before === undefined ? entry.head : nextHead(before, content) });
  }
  return written;
}

/** Another number of samples in the contribution of one member to one round. */
export const otherSamples =
  (n: number, round: number, samples: number) =>
  (entry: LedgerEntry): LedgerEntry =>
    entry.kind === 'contribution' && entry.record.round === round && entry.record.member === memberAccount(n)
      ? { ...entry, record: { ...entry.record, samples } }
      : entry;

/** A head with test member n's signature under it. */
export function signHead(n: number, record: SignedCheckpoint['record']): SignedCheckpoint {
  return { record, member: memberAccount(n), signature: signDigest(memberKey(n), checkpointDigest(DOMAIN, record)) };
}

/** What these test members sign after a round, as peers do that read this log. */
export function cosign(study: Hex, log: readonly LedgerEntry[], round: number, members: readonly number[]) {
  const head = checkpointHead(log, round) ?? ZERO_DIGEST;
  return members.map((n) => signHead(n, { study, round, head }));
}
