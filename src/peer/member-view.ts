import type { Hex } from '../base/bytes.ts';
import type { AloneFigures } from './alone/alone-record.ts';
import type { PictureExamples } from './member-pictures.ts';
import type { PeerStatus } from './peer-status.ts';

/** What a member's page shows; plain JSON. Figures about models and the run, nothing about a patient. */
export interface MemberView {
  readonly status: PeerStatus;
  /** What is wrong or worth a look, the worst first. */
  readonly warnings: readonly Warning[];
  readonly round: RoundView;
  /** Everybody who ever joined, in order of position. */
  readonly members: readonly MemberRow[];
  readonly learning: LearningView;
  readonly value: ValueView;
  /** Null where the study has no privacy budget. */
  readonly privacy: PrivacyView | null;
  readonly outbox: OutboxView;
  readonly traffic: TrafficView;
  /** What the member's records are. */
  readonly recordsAre: PictureExamples['kind'];
  /** The round of the pictures that `/api/pictures` has; null while there are none. */
  readonly picturesOf: number | null;
}

export interface Warning {
  /** For programs; stable. */
  readonly code: string;
  /** `bad`: the peer does not do its work; `notice`: worth knowing. */
  readonly severity: 'bad' | 'notice';
  /** What it is and what helps, for people. */
  readonly remedy: string;
}

/** The steps of a round in their order. */
export const STAGES = ['train', 'announce', 'pull', 'mix', 'value', 'anchor'] as const;
export type Stage = (typeof STAGES)[number];

export interface StageView {
  readonly name: Stage;
  readonly state: 'ahead' | 'now' | 'done';
  /** How long it took, or has taken so far; null where this run of the peer did not see it. */
  readonly seconds: number | null;
}

export interface RoundView {
  /** Null before the first; the study's number of rounds while the study is closed. */
  readonly round: number | null;
  readonly stages: readonly StageView[];
  /** Null where nothing is told of the training, or nothing yet. */
  readonly training: { readonly epoch: number; readonly epochs: number; readonly loss: number } | null;
  /** Others who have announced this round, of those who take part. */
  readonly announced: { readonly of: number; readonly here: number };
  /** Contributions that are pulled and mixed; null before that. */
  readonly contributions: number | null;
}

export interface MemberRow {
  readonly position: number;
  readonly account: Hex;
  /** As this member calls it; null where it has no name for it. */
  readonly name: string | null;
  /** `missing`: should be there and is not; `closed`: has closed its study and gone; `gone`: takes no part any more. */
  readonly connection: 'self' | 'connected' | 'missing' | 'banned' | 'closed' | 'gone';
  /** How long it is still cut off. */
  readonly bannedSeconds: number | null;
  /** The last round that it announced, as far as this peer has heard. */
  readonly heardRound: number | null;
  /** The last round that the ledger has of it. */
  readonly ledgerRound: number | null;
  /** The first round that it takes no part in any more. */
  readonly endRound: number | null;
  /** Its score so far in millionths of a nat, by the ledger; null while too few have scored it. */
  readonly totalMicros: number | null;
}

/** Figures of one evaluation. */
export type Figures = AloneFigures;

export interface RoundFigures {
  /** Rounds that the judged model has been through. */
  readonly round: number;
  /** On the member's own held-out part. */
  readonly heldOut: Figures;
  /** On the test part that all members share; null where the study has none. */
  readonly common: Figures | null;
  /** Over the local epoch that counts; null in the closing record and where the study hides it. */
  readonly training: { readonly loss: number; readonly accuracy: number | null } | null;
}

export interface EpochFigures {
  readonly round: number;
  /** From 1. */
  readonly epoch: number;
  /** Nats. */
  readonly loss: number;
  readonly accuracy: number | null;
}

export interface LearningView {
  /** The study's model as this member had it, by its own signed metrics. */
  readonly rounds: readonly RoundFigures[];
  readonly epochs: readonly EpochFigures[];
  /** The member's own data alone, with the same options. */
  readonly alone: {
    readonly state: 'off' | 'waiting' | 'training' | 'done';
    /** Its learning rate is the study's times this: less than 1 where larger steps learned nothing. */
    readonly stepFactor: number;
    readonly points: readonly Omit<RoundFigures, 'training'>[];
  };
}

export interface ValueView {
  readonly method: string;
  /** Scores of fewer others make none. */
  readonly minimumEvaluators: number;
  /** What others revealed of this member's contributions, in millionths of a nat. */
  readonly rounds: readonly RoundValue[];
  readonly totalMicros: number | null;
}

export interface RoundValue {
  readonly round: number;
  /** Median; null where too few others scored it. */
  readonly scoreMicros: number | null;
  readonly evaluators: number;
  readonly lowestMicros: number;
  readonly highestMicros: number;
}

export interface PrivacyView {
  readonly unit: 'record' | 'member';
  readonly spentMicros: number;
  readonly budgetMicros: number;
  readonly deltaPicos: number;
  /** Training rounds that are not paid for yet; a round is when its training begins. */
  readonly roundsLeft: number;
  /** How many of the rounds that are left the rest pays for. */
  readonly roundsAffordable: number;
  /** Cumulative ε as this member signed it. */
  readonly rounds: readonly { readonly round: number; readonly epsilonMicros: number }[];
}

export interface OutboxView {
  readonly pending: number;
  readonly anchored: number;
  readonly refused: number;
  /** What waits or was refused, oldest first, then the newest that are anchored. */
  readonly items: readonly OutboxRow[];
}

export interface OutboxRow {
  readonly kind: 'contribution' | 'valuation';
  readonly round: number;
  readonly state: 'pending' | 'anchored' | 'refused';
  /** Of its entry on the ledger. */
  readonly sequence: number | null;
  /** Why the ledger refused it. */
  readonly reason: string | null;
}

export interface TrafficView {
  /** Payload since the peer started. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Over the last seconds. */
  readonly inPerSecond: number;
  readonly outPerSecond: number;
  /** The last minutes, oldest first. */
  readonly recent: readonly {
    readonly secondsAgo: number;
    readonly inPerSecond: number;
    readonly outPerSecond: number;
  }[];
}
