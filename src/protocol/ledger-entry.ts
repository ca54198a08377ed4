import { AbiCoder, keccak256 } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import { type Contribution, hashContribution } from './contribution.ts';
import type { LedgerDomain } from './domain.ts';
import { hashClose, hashJoin, hashOpenStudy, hashWithdraw, type Join, type OpenStudy } from './study-entries.ts';
import { hashValuation, type Valuation } from './valuation.ts';

/** What an entry of a study's log says. */
export type LedgerContent =
  | { readonly kind: 'opened'; readonly record: OpenStudy }
  | { readonly kind: 'joined'; readonly record: Join }
  | { readonly kind: 'contribution'; readonly record: Contribution }
  | { readonly kind: 'valuation'; readonly record: Valuation }
  | { readonly kind: 'withdrawn'; readonly record: { readonly study: Hex; readonly member: Hex } }
  | { readonly kind: 'closed'; readonly record: { readonly study: Hex } };

/** An entry as the ledger's events give it. */
export type LedgerEntry = LedgerContent & {
  /** Gapless from 0 within a study. */
  readonly sequence: number;
  /** The study's head after this entry. */
  readonly head: Hex;
  readonly blockNumber: number;
  readonly transaction: Hex;
};

const KIND_NUMBER = { opened: 0, joined: 1, contribution: 2, valuation: 3, withdrawn: 4, closed: 5 } as const;

/** EIP-712 struct hash of an entry's record. */
export function hashContent(content: LedgerContent): Hex {
  switch (content.kind) {
    case 'opened':
      return hashOpenStudy(content.record);
    case 'joined':
      return hashJoin(content.record);
    case 'contribution':
      return hashContribution(content.record);
    case 'valuation':
      return hashValuation(content.record);
    case 'withdrawn':
      return hashWithdraw(content.record);
    case 'closed':
      return hashClose(content.record);
  }
}

function hashAbi(types: readonly string[], values: readonly unknown[]): Hex {
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, values)) as Hex;
}

/** The head of a study's log before its first entry: bound to chain, contract and study. */
export function initialHead(domain: LedgerDomain, study: Hex): Hex {
  return hashAbi(['uint256', 'address', 'bytes32'], [domain.chainId, domain.contract, study]);
}

/** The head after an entry: takes in the head before it, its place, its kind and all its fields. */
export function nextHead(head: Hex, sequence: number, content: LedgerContent): Hex {
  return hashAbi(
    ['bytes32', 'uint64', 'uint8', 'bytes32'],
    [head, sequence, KIND_NUMBER[content.kind], hashContent(content)],
  );
}

/**
 * Recomputes the heads of consecutive entries.
 * @param from the head and the sequence number that the first entry continues
 * @returns the first sequence number at which the log is not what it claims to be, or null
 */
export function findHeadBreak(from: { head: Hex; sequence: number }, entries: readonly LedgerEntry[]): number | null {
  let { head, sequence } = from;
  for (const entry of entries) {
    if (entry.sequence !== sequence || nextHead(head, sequence, entry) !== entry.head) return sequence;
    head = entry.head;
    sequence += 1;
  }
  return null;
}
