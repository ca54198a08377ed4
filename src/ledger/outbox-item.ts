import type { Contribution } from '../protocol/contribution.ts';
import type { Signature } from '../protocol/signature.ts';
import type { Valuation } from '../protocol/valuation.ts';

/** A record of this member on its way to the ledger. */
export type OutboxItem =
  | { readonly kind: 'contribution'; readonly record: Contribution; readonly signature: Signature }
  | { readonly kind: 'valuation'; readonly record: Valuation };
