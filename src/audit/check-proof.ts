import type { Hex } from '../base/bytes.ts';
import type { LedgerReader } from '../ledger/ledger.ts';
import { checkProofOnLedger } from './check-proof-on-ledger.ts';
import { checkCosigners, checkSegmentProof, type ProofVerdict, refused } from './check-segment-proof.ts';

/** Who says that the contribution was recorded. */
export interface ProofWitnesses {
  /** The ledger; null to go by members' signatures. */
  readonly ledger: LedgerReader | null;
  /** Without a ledger: the accounts that the reader knows to be members; null where it trusts whoever signed. */
  readonly members: readonly Hex[] | null;
}

/**
 * All that can be said of the file of a segment proof.
 * @throws LedgerError if the ledger cannot be read
 */
export async function checkProof(file: Uint8Array, { ledger, members }: ProofWitnesses): Promise<ProofVerdict> {
  const text = decodeText(file);
  if (text === null) return refused('proof/malformed', 'not UTF-8');
  const verdict = checkSegmentProof(text);
  if (!verdict.ok) return verdict;
  return ledger === null ? checkCosigners(verdict.claim, members) : checkProofOnLedger(verdict.claim, ledger);
}

/** Bytes that are no UTF-8 must not pass for the character that stands for them. */
function decodeText(file: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
