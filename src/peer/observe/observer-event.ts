import type { Finding } from '../../audit/finding.ts';
import type { Hex } from '../../base/bytes.ts';
import type { Metrics } from '../../protocol/metrics.ts';

/** What an observer tells while it follows a study, one JSON line each. */
export type ObserverEvent =
  | { readonly event: 'observer.listening'; readonly addresses: readonly string[] }
  | { readonly event: 'member.connected' | 'member.lost' | 'member.banned'; readonly account: Hex }
  /** A contribution on the ledger whose signed record and figures are here, and agree with it. */
  | {
      readonly event: 'observer.verified';
      readonly member: Hex;
      readonly round: number;
      /** Its place in the study's log. */
      readonly sequence: number;
      readonly heldOut: Metrics['heldOut'];
      readonly common: Metrics['common'];
    }
  | ({ readonly event: 'observer.finding' } & Finding)
  /** All participants have closed the study, or an admin has, and everything that could be had is here. */
  | ({ readonly event: 'observer.finished' } & Observed);

/** What an observation came to. */
export interface Observed {
  /** Contributions on the ledger, and of these the ones that were verified. */
  readonly contributions: number;
  readonly verified: number;
  /** Signed records, documents and segments that nobody could hand over so far. */
  readonly missing: number;
  readonly findings: number;
}
