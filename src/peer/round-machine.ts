import type { Hex } from '../base/bytes.ts';
import {
  type ContributionRef,
  contributionKey,
  expectedOthers,
  type RoundEffect,
  type RoundEvent,
  type RoundMember,
  type RoundStart,
  type RoundState,
  type RoundStep,
  type Timer,
} from './round-state.ts';

/** Whoever is so many rounds behind the others goes on where they are. */
const BEHIND_ROUNDS = 2;

export function startRounds(start: RoundStart): RoundStep {
  const { terms, others, connected, round, published, mixed, firstRound, seek } = start;
  const state: RoundState = {
    terms,
    phase: 'seeking',
    firstRound,
    published,
    spoken: new Set(),
    refusedRound: null,
    round,
    others,
    connected: new Set(connected),
    lost: new Set(),
    absent: new Set(),
    unreached: new Set(),
    announced: new Map(),
    mixed: new Set(mixed),
    elapsed: new Set(),
    running: new Set(),
  };
  return seek ? { state, effects: [{ type: 'seek', round }] } : goOn(state);
}

/**
 * The order of a study at one peer, as a pure function: no clock, no promise, no randomness. A driver performs the effects and
 * reports what came of them as events.
 * @returns the next state, and what to do
 */
export function stepRounds(state: RoundState, event: RoundEvent): RoundStep {
  switch (event.type) {
    case 'sought':
      return state.phase === 'seeking' ? goOn(state) : stay(state);
    case 'adopted':
      return state.phase === 'adopting' ? beginRound(atRound(state, event.round)) : stay(state);
    case 'not-adopted':
      return state.phase === 'adopting' ? goOn({ ...state, refusedRound: event.round }) : stay(state);
    case 'trained':
      return state.phase === 'training' ? publish(state) : stay(state);
    case 'published':
      return state.phase === 'announcing' ? endWaiting({ ...state, phase: 'waiting' }) : stay(state);
    case 'announced':
      return endWaiting(withAnnouncement(state, event));
    case 'connected':
      return endWaiting({
        ...state,
        connected: withAll(state.connected, [event.member]),
        lost: without(state.lost, event.member),
        unreached: without(state.unreached, event.member),
      });
    case 'lost':
      return endWaiting({
        ...state,
        connected: without(state.connected, event.member),
        lost: withAll(state.lost, [event.member]),
      });
    case 'participants':
      return endWaiting({ ...state, others: event.others });
    case 'elapsed':
      return event.round === state.round
        ? endWaiting({ ...state, elapsed: new Set([...state.elapsed, event.timer]) })
        : stay(state);
    case 'mixed':
      return state.phase === 'mixing' ? goOn(nextRound(withRefused(state, event.refused))) : stay(state);
  }
}

const stay = (state: RoundState): RoundStep => ({ state, effects: [] });

function partition<T>(all: readonly T[], holds: (one: T) => boolean): [T[], T[]] {
  return [all.filter(holds), all.filter((one) => !holds(one))];
}

const withAll = (members: ReadonlySet<Hex>, more: readonly Hex[]): Set<Hex> => new Set([...members, ...more]);

const without = (members: ReadonlySet<Hex>, member: Hex): Set<Hex> => new Set([...members].filter((m) => m !== member));

/** Where the others are if they are too far ahead, otherwise on with the own round. */
function goOn(state: RoundState): RoundStep {
  const ahead = roundAhead(state);
  if (ahead !== null) return adopt(state, ahead);
  // Who joined later has no base of its own to begin with.
  if (state.round < state.firstRound) {
    return { state: { ...state, phase: 'seeking' }, effects: [{ type: 'seek', round: state.round }] };
  }
  return state.published ? publish(state) : beginRound(state);
}

/** What was committed to in the round that is left is revealed first: the others have long committed to theirs. */
function adopt(state: RoundState, round: number): RoundStep {
  const reveals: RoundEffect[] =
    state.phase === 'waiting' && state.round > 0 ? [{ type: 'reveal', round: state.round - 1 }] : [];
  return { state: { ...state, phase: 'adopting' }, effects: [...reveals, { type: 'adopt', round }] };
}

/** The newest round that a quorum of the others has announced, if this peer is too far behind to get there by itself; or null. */
function roundAhead(state: RoundState): number | null {
  const least = Math.max(
    state.round < state.firstRound ? state.firstRound : state.round + BEHIND_ROUNDS,
    (state.refusedRound ?? -1) + 1,
  );
  const rounds = [...state.announced.keys()].filter((round) => round >= least).toSorted((a, b) => b - a);
  return rounds.find((round) => isReached(state, round)) ?? null;
}

/** True if a quorum of the others has announced a round: one liar does not draw anybody there. */
function isReached(state: RoundState, round: number): boolean {
  const counted = countedOthers(state, round);
  const present = state.announced.get(round) ?? new Set<Hex>();
  const there = counted.filter(({ accounts }) => accounts.some((account) => present.has(account)));
  return there.length >= Math.max(1, Math.ceil(state.terms.quorum * counted.length));
}

/** Those of the others whose part in a round decides whether it is complete: not who joined later and has not been heard of yet. */
function countedOthers({ others, spoken }: RoundState, round: number): RoundMember[] {
  return expectedOthers({ others, round }).filter(
    ({ firstRound, accounts }) => firstRound === 0 || accounts.some((account) => spoken.has(account)),
  );
}

/** A peer at another round: what was announced before it is in the base that it took over, and is not mixed again. */
function atRound(state: RoundState, round: number): RoundState {
  const before = [...state.announced].filter(([r]) => r < round);
  const keys = before.flatMap(([r, members]) => [...members].map((member) => contributionKey({ member, round: r })));
  return {
    ...nextRound({ ...state, round: round - 1, mixed: new Set([...state.mixed, ...keys]) }),
    refusedRound: null,
  };
}

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
    published: false,
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
  const spoken = state.spoken.has(member) ? state.spoken : new Set([...state.spoken, member]);
  if (round < state.round - state.terms.stalenessBound) return { ...state, spoken };
  const announced = new Map(state.announced);
  announced.set(round, new Set([...(announced.get(round) ?? []), member]));
  const absent = round >= state.round ? without(state.absent, member) : state.absent;
  return { ...state, announced, absent, spoken };
}

/** Goes on when everybody who is waited for is there, or a quorum has announced and the patience with the others is at its end. */
function endWaiting(state: RoundState): RoundStep {
  if (state.phase !== 'waiting') return stay(state);
  const ahead = roundAhead(state);
  if (ahead !== null) return adopt(state, ahead);
  const present = state.announced.get(state.round) ?? new Set<Hex>();
  const [here, silent] = partition(expectedOthers(state), ({ accounts }) => accounts.some((each) => present.has(each)));
  const needed = Math.ceil(state.terms.quorum * (countedOthers(state, state.round).length + 1));
  if (here.length + 1 < needed) return stay(state);
  const unheard = silent.flatMap(({ account }) => (state.absent.has(account) ? [] : account));
  const unreached = membersOutOfReach(state, here);
  const missing = [...unheard, ...unreached];
  const onlyLost = missing.every((member) => state.lost.has(member));
  const timer: Timer = onlyLost ? 'lostGrace' : 'grace';
  if (missing.length === 0 || state.elapsed.has('grace') || (onlyLost && state.elapsed.has('lostGrace'))) {
    return proceed({
      ...state,
      absent: withAll(state.absent, unheard),
      unreached: withAll(state.unreached, unreached),
    });
  }
  if (state.running.has(timer)) return stay(state);
  const effects: RoundEffect[] = [{ type: 'startTimer', timer, round: state.round }];
  return { state: { ...state, running: new Set([...state.running, timer]) }, effects };
}

/**
 * Those who have announced this round, but are not connected: what they made may be had from nobody else yet. In the last round nothing
 * is fetched, and nobody waits a second time for a connection that did not come.
 */
function membersOutOfReach({ terms, round, connected, unreached }: RoundState, here: readonly RoundMember[]): Hex[] {
  if (round === terms.rounds) return [];
  const apart = here.filter(({ accounts }) => !accounts.some((account) => connected.has(account)));
  return apart.flatMap(({ account }) => (unreached.has(account) ? [] : account));
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

/** Each member's freshest contribution that was not mixed here yet and is not too late; none of who left before this round. */
function contributionsToMix(state: RoundState): ContributionRef[] {
  const staying = state.others.filter(({ endRound }) => endRound === null || state.round < endRound);
  const byAccount = staying.toSorted((a, b) => (a.account < b.account ? -1 : 1));
  return byAccount.flatMap(({ accounts }) => {
    for (let round = state.round; round >= state.round - state.terms.stalenessBound; round--) {
      const member = accounts.findLast((account) => state.announced.get(round)?.has(account));
      if (member === undefined) continue;
      return state.mixed.has(contributionKey({ member, round })) ? [] : [{ member, round }];
    }
    return [];
  });
}
