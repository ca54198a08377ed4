import { checkpointDigest } from '../protocol/checkpoint.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import { headCount } from '../protocol/head-word.ts';
import { initialHead, type LedgerEntry } from '../protocol/ledger-entry.ts';
import { recoverSigner } from '../protocol/signature.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';

/** Every head that a member signed must be one that the log had: otherwise the history was rewritten since, and the signature proves it. */
export function checkCheckpoints(domain: LedgerDomain, evidence: Evidence, log: readonly LedgerEntry[]): Finding[] {
  const signed = evidence.checkpoints.flatMap(({ record, member, signature }): Finding[] => {
    const { round } = record;
    if (recoverSigner(checkpointDigest(domain, record), signature) !== member) {
      const message = 'the signature of a checkpoint is not that of the member';
      return [{ code: 'audit/signature-wrong', member, round, message }];
    }
    const sequence = headCount(record.head) - 1;
    const head = sequence < 0 ? initialHead(domain, record.study) : log[sequence]?.head;
    if (head === record.head) return [];
    const message = `the member signed another head after entry ${sequence} than the ledger has: one of the two was rewritten`;
    return [{ code: 'audit/history-rewritten', member, round, sequence, message }];
  });
  return [...signed, ...checkCosigned(log)];
}

/** The same for heads that were co-signed on the ledger itself. */
function checkCosigned(log: readonly LedgerEntry[]): Finding[] {
  return log.flatMap((entry): Finding[] => {
    if (entry.kind !== 'checkpointed') return [];
    const { signedHead, round } = entry.record;
    const count = headCount(signedHead);
    if (count === 0 || log[count - 1]?.head === signedHead) return [];
    const message = `entry ${entry.sequence} is a co-signed head that the log never had: it was rewritten`;
    return [{ code: 'audit/history-rewritten', round, sequence: count - 1, message }];
  });
}
