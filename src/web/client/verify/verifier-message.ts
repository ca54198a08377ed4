import type { ProofVerdict } from '../../../audit/check-segment-proof.ts';
import type { Finding } from '../../../audit/finding.ts';
import type { BundleVerification, VerificationStep } from '../../../audit/verify-bundle.ts';
import type { Hex } from '../../../base/bytes.ts';

/** What the page asks its verifier: to look at a file. */
export interface VerifierQuestion {
  readonly file: Blob;
  /** Of a proof: accounts that the reader knows to be the study's members; null to trust whoever signed. */
  readonly members: readonly Hex[] | null;
}

/** What a bundle shows by itself, as the page tells it. */
export interface BundleOutcome extends Omit<BundleVerification, 'manifest'> {
  /** Null if the bundle does not hold the study's manifest. */
  readonly terms: { readonly title: string; readonly rounds: number; readonly segments: number } | null;
  /** The first of them; `count` has them all. */
  readonly findings: readonly Finding[];
  readonly count: number;
}

export type VerifierAnswer =
  | { readonly kind: 'progress'; readonly step: VerificationStep; readonly done: number; readonly total: number }
  | { readonly kind: 'bundle'; readonly outcome: BundleOutcome }
  | { readonly kind: 'proof'; readonly verdict: ProofVerdict }
  /** Neither a bundle nor a proof. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** The verifier itself did not come to an end. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Findings that a page is given at most. */
export const MAXIMUM_FINDINGS = 500;
