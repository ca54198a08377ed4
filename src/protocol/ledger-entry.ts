import { AbiCoder, keccak256 } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import { type Contribution, hashContribution } from './contribution.ts';
import type { LedgerDomain } from './domain.ts';
import { headCount, packHead } from './head-word.ts';
import {
  type Checkpointed,
  type Equivocated,
  hashCheckpointed,
  hashClosed,
  hashEquivocated,
  hashExcluded,
  hashJoined,
  hashOpenStudy,
  hashWithdrawn,
  type Joined,
  type Left,
  type OpenStudy,
} from './study-entries.ts';
import { writeHex } from './typed-struct.ts';
import { hashValuation, type Valuation } from './valuation.ts';

/** What an entry of a study's log says. */
export type LedgerContent =
  | { readonly kind: 'opened'; readonly record: OpenStudy }
  | { readonly kind: 'joined'; readonly record: Joined }
  | { readonly kind: 'contribution'; readonly record: Contribution }
  | { readonly kind: 'valuation'; readonly record: Valuation }
  | { readonly kind: 'withdrawn'; readonly record: Left }
  | { readonly kind: 'closed'; readonly record: { readonly study: Hex } }
  | { readonly kind: 'excluded'; readonly record: Left }
  | { readonly kind: 'equivocated'; readonly record: Equivocated }
  | { readonly kind: 'checkpointed'; readonly record: Checkpointed };

/** An entry as the ledger's events give it. */
export type LedgerEntry = LedgerContent & {
  /** Gapless from 0 within a study. */
  readonly sequence: number;
  /** The study's head after this entry. */
  readonly head: Hex;
  readonly blockNumber: number;
  readonly transaction: Hex;
};

/** Kinds of entries in the order of their numbers. */
export const ENTRY_KINDS = [
  'opened',
  'joined',
  'contribution',
  'valuation',
  'withdrawn',
  'closed',
  'excluded',
  'equivocated',
  'checkpointed',
] as const satisfies readonly LedgerContent['kind'][];

/** All that a head takes in of an entry. */
export interface EntryLink {
  readonly kind: LedgerContent['kind'];
  /** EIP-712 struct hash of the record. */
  readonly hash: Hex;
}

/** EIP-712 struct hash of an entry's record. */
export function hashContent(content: LedgerContent): Hex {
  switch (content.kind) {
    case 'opened':
      return hashOpenStudy(content.record);
    case 'joined':
      return hashJoined(content.record);
    case 'contribution':
      return hashContribution(content.record);
    case 'valuation':
      return hashValuation(content.record);
    case 'withdrawn':
      return hashWithdrawn(content.record);
    case 'closed':
      return hashClosed(content.record);
    case 'excluded':
      return hashExcluded(content.record);
    case 'equivocated':
      return hashEquivocated(content.record);
    case 'checkpointed':
      return hashCheckpointed(content.record);
  }
}

const WORD_BYTES = 32;

/** The head of a study's log before its first entry: bound to chain, contract and study. */
export function initialHead(domain: LedgerDomain, study: Hex): Hex {
  const types = ['uint256', 'address', 'bytes32'];
  const words = AbiCoder.defaultAbiCoder().encode(types, [domain.chainId, domain.contract, study]);
  return packHead(keccak256(words) as Hex, 'open', 0);
}

/** The head after an entry: takes in the head before it, which names its place, its kind and all its fields. */
export function nextHead(head: Hex, content: LedgerContent): Hex {
  return linkedHead(head, { kind: content.kind, hash: hashContent(content) });
}

/** The same for an entry of which only the struct hash is known. */
export function linkedHead(head: Hex, { kind, hash }: EntryLink): Hex {
  const words = new Uint8Array(3 * WORD_BYTES);
  writeHex(words, head, { at: 0, bytes: WORD_BYTES });
  words[2 * WORD_BYTES - 1] = ENTRY_KINDS.indexOf(kind);
  writeHex(words, hash, { at: 2 * WORD_BYTES, bytes: WORD_BYTES });
  return packHead(keccak256(words) as Hex, kind === 'closed' ? 'closed' : 'open', headCount(head) + 1);
}

/** A node may tell of numbers that no record can hold; such an entry has no hash, and continues nothing. */
function continues(head: Hex, entry: LedgerEntry): boolean {
  try {
    return nextHead(head, entry) === entry.head;
  } catch {
    return false;
  }
}

/**
 * Recomputes the heads of consecutive entries.
 * @param from the head that the first entry continues
 * @returns the first sequence number at which the log is not what it claims to be, or null
 */
export function findHeadBreak(from: Hex, entries: readonly LedgerEntry[]): number | null {
  let head = from;
  for (const entry of entries) {
    const sequence = headCount(head);
    if (entry.sequence !== sequence || !continues(head, entry)) return sequence;
    head = entry.head;
  }
  return null;
}
