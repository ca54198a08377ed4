import type { Hex } from '../base/bytes.ts';

/**
 * The order of a study at one peer, as a pure function: no clock, no promise, no randomness. A driver performs the effects and
 * reports what came of them as events.
 */
export interface RoundState {
  readonly terms: RoundTerms;
  readonly phase: 'training' | 'announcing' | 'waiting' | 'mixing' | 'finished';
  readonly round: number;
  /** The other participants, those that left and those that come later among them. */
  readonly others: readonly RoundMember[];
  /** Those whose connection went away; who was never connected may still be starting. */
  readonly lost: ReadonlySet<Hex>;
  /** Those who missed a round: nobody waits for them until they speak again. */
  readonly absent: ReadonlySet<Hex>;
  /** Who announced a contribution, by round; rounds too old to be mixed are dropped. */
  readonly announced: ReadonlyMap<number, ReadonlySet<Hex>>;
  /** `round/member` of what was mixed here; as long as it could be mixed again. */
  readonly mixed: ReadonlySet<string>;
  /** What ran out while waiting in this round. */
  readonly elapsed: ReadonlySet<Timer>;
  readonly running: ReadonlySet<Timer>;
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

/** `grace`: somebody is missing who may still come; `lostGrace`: only members whose connection went away are missing. */
export type Timer = 'grace' | 'lostGrace';

/** A contribution of another member. */
export interface ContributionRef {
  readonly member: Hex;
  readonly round: number;
}

/** A contribution's name in the set of those that were mixed. */
export const contributionKey = ({ member, round }: ContributionRef): string => `${round}/${member}`;

export type RoundEvent =
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
  readonly round: number;
  /** True if the contribution of `round` was already signed and kept. */
  readonly published: boolean;
  readonly mixed: readonly string[];
}

export function startRounds({ terms, others, round, published, mixed }: RoundStart): RoundStep {
  const state: RoundState = {
    terms,
    phase: 'training',
    round,
    others,
    lost: new Set(),
    absent: new Set(),
    announced: new Map(),
    mixed: new Set(mixed),
    elapsed: new Set(),
    running: new Set(),
  };
  return published ? publish(state) : beginRound(state);
}

/** The next state and what to do, after one event. */
export function stepRounds(state: RoundState, event: RoundEvent): RoundStep {
  switch (event.type) {
    case 'trained':
      return state.phase === 'training' ? publish(state) : stay(state);
    case 'published':
      return state.phase === 'announcing' ? endWaiting({ ...state, phase: 'waiting' }) : stay(state);
    case 'announced':
      return endWaiting(withAnnouncement(state, event));
    case 'connected':
      return stay({ ...state, lost: without(state.lost, event.member) });
    case 'lost':
      return endWaiting({ ...state, lost: new Set([...state.lost, event.member]) });
    case 'participants':
      return endWaiting({ ...state, others: event.others });
    case 'elapsed':
      return event.round === state.round
        ? endWaiting({ ...state, elapsed: new Set([...state.elapsed, event.timer]) })
        : stay(state);
    case 'mixed':
      return state.phase === 'mixing' ? beginRound(nextRound(withRefused(state, event.refused))) : stay(state);
  }
}

const stay = (state: RoundState): RoundStep => ({ state, effects: [] });

const without = (members: ReadonlySet<Hex>, member: Hex): Set<Hex> => new Set([...members].filter((m) => m !== member));

function beginRound(state: RoundState): RoundStep {
  if (state.round === state.terms.rounds) return publish(state);
  return { state: { ...state, phase: 'training' }, effects: [{ type: 'train', round: state.round }] };
}

function publish(state: RoundState): RoundStep {
  return { state: { ...state, phase: 'announcing' }, effects: [{ type: 'publish', round: state.round }] };
}

function nextRound(state: RoundState): RoundState {
  const round = state.round + 1;
  const oldest = round - state.terms.stalenessBound;
  return {
    ...state,
    round,
    announced: new Map([...state.announced].filter(([r]) => r >= oldest)),
    mixed: new Set([...state.mixed].filter((key) => Number(key.split('/')[0]) >= oldest)),
    elapsed: new Set(),
    running: new Set(),
  };
}

function withRefused(state: RoundState, refused: readonly ContributionRef[]): RoundState {
  const again = new Set(refused.map(contributionKey));
  return { ...state, mixed: new Set([...state.mixed].filter((key) => !again.has(key))) };
}

function withAnnouncement(state: RoundState, { member, round }: ContributionRef): RoundState {
  if (round < state.round - state.terms.stalenessBound) return state;
  const announced = new Map(state.announced);
  announced.set(round, new Set([...(announced.get(round) ?? []), member]));
  const absent = round >= state.round ? without(state.absent, member) : state.absent;
  return { ...state, announced, absent };
}

/** Goes on when everybody who is waited for has announced, or a quorum has and the patience with the others is at its end. */
function endWaiting(state: RoundState): RoundStep {
  if (state.phase !== 'waiting') return stay(state);
  const present = state.announced.get(state.round) ?? new Set<Hex>();
  const expected = expectedOthers(state);
  const silent = expected.filter(({ accounts }) => !accounts.some((account) => present.has(account)));
  const missing = silent.flatMap(({ account }) => (state.absent.has(account) ? [] : account));
  const needed = Math.ceil(state.terms.quorum * (expected.length + 1));
  if (expected.length - silent.length + 1 < needed) return stay(state);
  const onlyLost = missing.every((member) => state.lost.has(member));
  const timer: Timer = onlyLost ? 'lostGrace' : 'grace';
  if (missing.length === 0 || state.elapsed.has('grace') || (onlyLost && state.elapsed.has('lostGrace'))) {
    return proceed({ ...state, absent: new Set([...state.absent, ...missing]) });
  }
  if (state.running.has(timer)) return stay(state);
  const effects: RoundEffect[] = [{ type: 'startTimer', timer, round: state.round }];
  return { state: { ...state, running: new Set([...state.running, timer]) }, effects };
}

/** Those who take part in the present round: not who left before it, nor who joined for a later one. */
export function expectedOthers({ others, round }: Pick<RoundState, 'others' | 'round'>): RoundMember[] {
  return others.filter(({ firstRound, endRound }) => firstRound <= round && (endRound === null || round < endRound));
}

function proceed(state: RoundState): RoundStep {
  const { round } = state;
  const effects: RoundEffect[] = round > 0 ? [{ type: 'reveal', round: round - 1 }] : [];
  if (round === state.terms.rounds) {
    const expected = expectedOthers(state).map(({ account }) => account);
    const absent = expected.filter((account) => state.absent.has(account)).toSorted();
    const finish: RoundEffect = { type: 'finish', absent };
    return { state: { ...state, phase: 'finished' }, effects: [...effects, finish] };
  }
  const contributions = contributionsToMix(state);
  const keys = contributions.map(contributionKey);
  return {
    state: { ...state, phase: 'mixing', mixed: new Set([...state.mixed, ...keys]) },
    effects: [...effects, { type: 'mix', round, contributions }],
  };
}

/** Each member's freshest contribution that was not mixed here yet and is not too late. */
function contributionsToMix(state: RoundState): ContributionRef[] {
  const byAccount = state.others.toSorted((a, b) => (a.account < b.account ? -1 : 1));
  return byAccount.flatMap(({ accounts }) => {
    for (let round = state.round; round >= state.round - state.terms.stalenessBound; round--) {
      const member = accounts.findLast((account) => state.announced.get(round)?.has(account));
      if (member === undefined) continue;
      return state.mixed.has(contributionKey({ member, round })) ? [] : [{ member, round }];
    }
    return [];
  });
}
