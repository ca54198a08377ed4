import type { Hex } from '../base/bytes.ts';

/** Where a study stands at one peer. */
export interface RoundState {
  readonly terms: RoundTerms;
  readonly phase: 'seeking' | 'adopting' | 'training' | 'announcing' | 'waiting' | 'mixing' | 'finished';
  readonly round: number;
  /** The other participants, those that left and those that come later among them. */
  readonly others: readonly RoundMember[];
  /** Those who can be asked for what they made. */
  readonly connected: ReadonlySet<Hex>;
  /** Those whose connection went away; who was never connected may still be starting. */
  readonly lost: ReadonlySet<Hex>;
  /** Those who missed a round: nobody waits for them until they speak again. */
  readonly absent: ReadonlySet<Hex>;
  /** Those whose connection was waited for in vain: nobody waits for it again until it is there. */
  readonly unreached: ReadonlySet<Hex>;
  /** Who announced a contribution, by round; rounds too old to be mixed are dropped. */
  readonly announced: ReadonlyMap<number, ReadonlySet<Hex>>;
  /** `round/member` of what was mixed here; as long as it could be mixed again. */
  readonly mixed: ReadonlySet<string>;
  /** What ran out while waiting in this round. */
  readonly elapsed: ReadonlySet<Timer>;
  readonly running: ReadonlySet<Timer>;
  /** The first round that this member may record: not 0 if it joined a study that was running. */
  readonly firstRound: number;
  /** True if the contribution of `round` was signed before this process began. */
  readonly published: boolean;
  /** Those who have announced anything: who joined later and has not is waited for, but not counted on. */
  readonly spoken: ReadonlySet<Hex>;
  /** The newest round whose base could not be adopted; null for none. */
  readonly refusedRound: number | null;
}

export interface RoundTerms {
  readonly rounds: number;
  /** Share of all participants, this one included, without which no round ends. */
  readonly quorum: number;
  readonly stalenessBound: number;
}

/** Another participant, and the rounds that it is expected in: from the first to the one before the end. */
export interface RoundMember {
  /** The account that it has now. */
  readonly account: Hex;
  /** All that it ever had in this study; what an earlier one signed is this member's too. */
  readonly accounts: readonly Hex[];
  readonly firstRound: number;
  /** Null while it takes part. */
  readonly endRound: number | null;
}

/**
 * `grace`: somebody has not announced, or is not connected, who may still be; `lostGrace`: that is so only of members whose connection went
 * away.
 */
export type Timer = 'grace' | 'lostGrace';

/** A contribution of another member. */
export interface ContributionRef {
  readonly member: Hex;
  readonly round: number;
}

/** A contribution's name in the set of those that were mixed. */
export const contributionKey = ({ member, round }: ContributionRef): string => `${round}/${member}`;

export type RoundEvent =
  /** The others were asked how far they are. */
  | { readonly type: 'sought' }
  /** The base of this round was taken over from a member that has announced it; or could not be. */
  | { readonly type: 'adopted' | 'not-adopted'; readonly round: number }
  | { readonly type: 'trained' }
  | { readonly type: 'published' }
  | { readonly type: 'announced'; readonly member: Hex; readonly round: number }
  | { readonly type: 'connected' | 'lost'; readonly member: Hex }
  /** The log tells of other participants than before: all of them but this one. */
  | { readonly type: 'participants'; readonly others: readonly RoundMember[] }
  | { readonly type: 'elapsed'; readonly timer: Timer; readonly round: number }
  /** The mix is done; what was refused may be tried again. */
  | { readonly type: 'mixed'; readonly refused: readonly ContributionRef[] };

export type RoundEffect =
  /** Ask the others how far they are. */
  | { readonly type: 'seek'; readonly round: number }
  /** Take over the base of this round from a member that has announced it: this peer is too far behind to get there by itself. */
  | { readonly type: 'adopt'; readonly round: number }
  /** Train from the base. */
  | { readonly type: 'train'; readonly round: number }
  /** Sign, keep and announce the contribution of this round; in the last one the closing record. */
  | { readonly type: 'publish'; readonly round: number }
  | { readonly type: 'startTimer'; readonly timer: Timer; readonly round: number }
  /** Reveal the scores of this round: everybody who is waited for has committed to theirs. */
  | { readonly type: 'reveal'; readonly round: number }
  /** Pull and mix these contributions with the own one, value them, and keep the outcome. */
  | { readonly type: 'mix'; readonly round: number; readonly contributions: readonly ContributionRef[] }
  | { readonly type: 'finish'; readonly absent: readonly Hex[] };

export interface RoundStep {
  readonly state: RoundState;
  readonly effects: readonly RoundEffect[];
}

/** Where to begin: at the first round, or where a restarted peer left off. */
export interface RoundStart {
  readonly terms: RoundTerms;
  readonly others: readonly RoundMember[];
  /** Who is connected already. */
  readonly connected: readonly Hex[];
  readonly round: number;
  /** True if the contribution of `round` was already signed and kept. */
  readonly published: boolean;
  readonly mixed: readonly string[];
  /** See {@link RoundState}. */
  readonly firstRound: number;
  /** Whether the others may be further: a study that nobody has begun need not be looked for. */
  readonly seek: boolean;
}

/** Those who take part in the present round: not who left before it, nor who joined for a later one. */
export function expectedOthers({ others, round }: Pick<RoundState, 'others' | 'round'>): RoundMember[] {
  return others.filter(({ firstRound, endRound }) => firstRound <= round && (endRound === null || round < endRound));
}
