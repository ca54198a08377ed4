import type { Hex } from '../base/bytes.ts';
import type { Metrics } from '../protocol/metrics.ts';
import type { ValuationMethod } from '../protocol/valuation-terms.ts';

/** What a peer tells whoever watches it, one JSON line each. Figures about the model and the run; nothing about a patient. */
export type PeerEvent =
  | { readonly event: 'peer.listening'; readonly addresses: readonly string[] }
  | { readonly event: 'study.joined'; readonly position: number; readonly participants: number }
  | { readonly event: 'round.started'; readonly round: number }
  | {
      readonly event: 'round.epoch';
      readonly round: number;
      readonly epoch: number;
      readonly loss: number;
      readonly accuracy: number | null;
      /** The epoch that would count if training ended now: the last, or with early stopping the best. */
      readonly keptEpoch: number;
    }
  | {
      readonly event: 'round.evaluated';
      readonly round: number;
      readonly heldOut: Metrics['heldOut'];
      readonly common: Metrics['common'];
    }
  /** This peer was too far behind, and goes on from another member's base. */
  | { readonly event: 'round.adopted'; readonly round: number; readonly base: Hex }
  | { readonly event: 'round.announced'; readonly round: number; readonly update: Hex }
  | { readonly event: 'round.pulling'; readonly round: number; readonly contributions: number }
  /** Everything that is to be mixed is here. */
  | { readonly event: 'round.pulled'; readonly round: number }
  | {
      readonly event: 'round.mixed';
      readonly round: number;
      readonly entries: number;
      readonly refused: number;
      readonly result: Hex;
    }
  | {
      readonly event: 'round.valued';
      readonly round: number;
      readonly method: ValuationMethod;
      /** Null for a method that evaluates nothing. */
      readonly utilityMicros: number | null;
      /** The largest standard error of the scores; null for a method that draws nothing. */
      readonly scoreErrorMicros: number | null;
      /** Losses and gradients on the held-out part. */
      readonly evaluations: number;
    }
  | { readonly event: 'peer.traffic'; readonly bytesIn: number; readonly bytesOut: number }
  | {
      readonly event: 'record.anchored';
      readonly kind: 'contribution' | 'valuation';
      readonly round: number;
      readonly sequence: number;
      readonly pending: number;
    }
  | { readonly event: 'member.connected' | 'member.lost' | 'member.banned'; readonly account: Hex }
  /** The next round would cost more than is left of the privacy budget: the member leaves the study. */
  | { readonly event: 'privacy.exhausted'; readonly round: number }
  /** Everything is said; it stays until all of it is on the ledger. */
  | { readonly event: 'study.finishing' }
  /** It was told to stop, and has. */
  | { readonly event: 'peer.stopped' }
  /** The member has left the study for good; what it had to say is on the ledger. */
  | { readonly event: 'study.withdrawn' }
  | { readonly event: 'study.finished'; readonly finalModel: Hex; readonly absent: readonly Hex[] };
