import type { Hex } from '../base/bytes.ts';

/** What an audit may find. Each code is one check of docs/PROTOCOL.md, section "Audit". */
export type FindingCode =
  | 'audit/bundle-broken'
  | 'audit/block-damaged'
  | 'audit/block-missing'
  | 'audit/block-unexpected'
  | 'audit/records-unreadable'
  | 'audit/record-misplaced'
  | 'audit/wrong-ledger'
  | 'audit/manifest-mismatch'
  | 'audit/initial-model-mismatch'
  | 'audit/study-unknown'
  | 'audit/log-broken'
  | 'audit/log-differs'
  | 'audit/history-rewritten'
  | 'audit/equivocation'
  | 'audit/record-missing'
  | 'audit/record-not-anchored'
  | 'audit/record-duplicate'
  | 'audit/signature-wrong'
  | 'audit/segments-mismatch'
  | 'audit/recipe-missing'
  | 'audit/recipe-mismatch'
  | 'audit/adoption-wrong'
  | 'audit/continuation-wrong'
  | 'audit/pull-choice-wrong'
  | 'audit/mix-not-replayable'
  | 'audit/mix-differs'
  | 'audit/metrics-missing'
  | 'audit/metrics-mismatch'
  | 'audit/privacy-understated'
  | 'audit/valuation-mismatch'
  | 'audit/update-copied';

/** Where something was found. */
export interface Place {
  readonly member?: Hex;
  readonly round?: number;
  readonly segment?: number;
  readonly sequence?: number;
  /** Byte of the bundle's file. */
  readonly offset?: number;
}

/** One thing that is not as it should be. An audit without findings is a clean one. */
export interface Finding extends Place {
  readonly code: FindingCode;
  readonly message: string;
}

/** Something that an auditor should know and that breaks no rule: a member was away, a contribution came late. */
export interface Notice extends Place {
  readonly message: string;
}
