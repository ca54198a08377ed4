import type { LedgerReader } from '../ledger/ledger.ts';
import { findHeadBreak, initialHead, type LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { type CosignedHead, type ProofVerdict, refused, type SegmentClaim } from './check-segment-proof.ts';

/**
 * With the ledger: the contribution must be the entry at its place in a log that leads from the study's beginning to the contract's own head, so
 * that a node that tells of other events is found out.
 * @throws LedgerError if the ledger cannot be read
 */
export async function checkProofOnLedger(claim: SegmentClaim, ledger: LedgerReader): Promise<ProofVerdict> {
  const { domain, study, sequence, cosigned } = claim;
  if (ledger.domain.chainId !== domain.chainId || ledger.domain.contract !== domain.contract) {
    return refused('proof/other-ledger', `the proof is about contract ${domain.contract} on chain ${domain.chainId}`);
  }
  const state = await ledger.study(study);
  if (state === null) return refused('proof/not-on-ledger', `the ledger has no study ${study}`);
  const log = await ledger.entries(study, 0);
  if (findHeadBreak(initialHead(domain, study), log) !== null || log.at(-1)?.head !== state.head) {
    return refused('proof/not-on-ledger', "the node's events do not lead to the contract's head; ask another node");
  }
  const [contradicted] = contradictedBy(log, cosigned);
  if (contradicted !== undefined) {
    const { member, count } = contradicted;
    return refused(
      'proof/history-rewritten',
      `${member} signed another head after entry ${count - 1} than the ledger has`,
    );
  }
  if (log[sequence]?.head === claim.head) return { ok: true, claim };
  const reason = log.length > sequence ? 'is another' : `is not there: the node tells of ${log.length}`;
  return refused('proof/not-on-ledger', `entry ${sequence} of the ledger ${reason}`);
}

/** Heads that participants signed and that are not those of a log which reached them. */
function contradictedBy(log: readonly LedgerEntry[], cosigned: readonly CosignedHead[]): CosignedHead[] {
  const accounts = new Set(participantsIn(log).flatMap((participant) => participant.accounts));
  return cosigned.filter(({ member, head, count }) => {
    const present = log[count - 1]?.head;
    return accounts.has(member) && present !== undefined && present !== head;
  });
}
