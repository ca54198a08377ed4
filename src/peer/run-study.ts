import type { Hex } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import type { Announcement, Reveal } from '../protocol/announcement.ts';
import { signDigest, valuationDigest } from '../protocol/signature.ts';
import { adoptBase } from './adopt-base.ts';
import { dropOutlived } from './drop-outlived.ts';
import { mixRound } from './mix-round.ts';
import { PeerError } from './peer-error.ts';
import type { Progress } from './progress.ts';
import { publishRound } from './publish-round.ts';
import { startRounds, stepRounds } from './round-machine.ts';
import {
  contributionKey,
  expectedOthers,
  type RoundEffect,
  type RoundEvent,
  type RoundState,
  type Timer,
} from './round-state.ts';
import { seekFrontier } from './seek-frontier.ts';
import { firstRoundOf, othersOf } from './study-knowledge.ts';
import type { StudySetting } from './study-setting.ts';
import { type TrainedUpdate, trainRound } from './train-round.ts';

/** How often a waiting peer asks the others for what it may have missed. */
const CATCH_UP_MILLISECONDS = 1_000;
const SEEK_MILLISECONDS = 2_000;

/** What the network reports to a running study. */
export interface StudyRun {
  onContribution(announcement: Announcement): void;
  onMember(account: Hex, connected: boolean): void;
  /** The ledger was read: who takes part follows its log, and closing records count even if nobody announced them here. */
  onLedger(): void;
  /** Resolves when the last round is closed. @returns the members that were absent at the end */
  readonly finished: Promise<readonly Hex[]>;
}

/** Drives one peer through the rounds of its study: performs the round machine's effects and feeds their outcomes back. */
export function runStudy(setting: StudySetting, initial: Progress, signal: AbortSignal): StudyRun {
  const { manifest, store, self } = setting;
  let progress = initial;
  let trained: TrainedUpdate | null = null;
  let asked = false;
  let state: RoundState;
  const outcome = Promise.withResolvers<readonly Hex[]>();
  const stopped = new AbortController();
  const fail = (error: unknown): void => {
    stopped.abort(error);
    outcome.reject(error);
  };
  const stop = (): void => fail(signal.reason);
  signal.addEventListener('abort', stop, { once: true });

  const dispatch = (event: RoundEvent): void => {
    if (stopped.signal.aborted) return;
    const step = stepRounds(state, event);
    state = step.state;
    for (const effect of step.effects) perform(effect).catch(fail);
  };

  const perform = async (effect: RoundEffect): Promise<void> => {
    switch (effect.type) {
      case 'seek':
        await seek(effect.round);
        return dispatch({ type: 'sought' });
      case 'adopt':
        return adopt(effect.round);
      case 'train':
        setting.emit({ event: 'round.started', round: effect.round });
        trained = await trainRound(setting, progress, stopped.signal);
        return dispatch({ type: 'trained' });
      case 'publish':
        await askForOwn(effect.round);
        await publishRound(setting, progress, effect.round === manifest.rounds ? null : trained);
        return dispatch({ type: 'published' });
      case 'startTimer':
        await setting.clock.wait(timerMilliseconds(setting, effect.timer), stopped.signal);
        return dispatch({ type: 'elapsed', timer: effect.timer, round: effect.round });
      case 'reveal':
        return reveal();
      case 'mix':
        return mix(effect);
      case 'finish':
        stopped.abort();
        return outcome.resolve(effect.absent);
    }
  };

  /** A folder that was restored from a copy has forgotten what its member said last; the others may know. Once a process. */
  const askForOwn = async (round: number): Promise<void> => {
    if (asked) return;
    asked = true;
    await setting.network.catchUp(round);
  };

  const reveal = async (): Promise<void> => {
    if (progress.valuation === null) return;
    const record = progress.valuation;
    const signature = signDigest(setting.privateKey, valuationDigest(setting.domain, record));
    const signed: Reveal = { record, signature };
    store.addReveal(signed);
    store.outbox.add({ kind: 'valuation', record });
    setting.outbox.wake();
    await setting.network.publishReveal(signed);
  };

  let sought = false;
  const seek = async (round: number): Promise<void> => {
    // Who joined later asks again until the others are where it may begin: not so often that it seems to flood them.
    if (sought) await setting.clock.wait(SEEK_MILLISECONDS, stopped.signal);
    sought = true;
    await seekFrontier({ ...setting, round }, stopped.signal);
  };

  const adopt = async (round: number): Promise<void> => {
    const next = await adoptBase(setting, round, stopped.signal);
    if (next === null) return dispatch({ type: 'not-adopted', round });
    const oldest = round - manifest.staleness.boundRounds;
    const known = store.announcements().filter(({ record }) => record.round < round && record.round >= oldest);
    progress = { ...next, mixed: known.map(({ record }) => contributionKey(record)) };
    store.saveProgress(progress);
    setting.emit({ event: 'round.adopted', round, base: next.base });
    dispatch({ type: 'adopted', round });
  };

  const mix = async ({ round, contributions }: Extract<RoundEffect, { type: 'mix' }>): Promise<void> => {
    const wanted = [{ member: self, round }, ...contributions];
    const announcements = wanted.flatMap((ref) => store.announcement(ref.member, ref.round) ?? []);
    const { next, refused } = await mixRound(setting, progress, announcements, stopped.signal);
    const retry = new Set(refused.map(contributionKey));
    progress = { ...next, mixed: [...state.mixed].filter((key) => !retry.has(key)) };
    store.saveProgress(progress);
    await dropOutlived(setting, progress.round);
    dispatch({ type: 'mixed', refused });
  };

  /** Gossip may lose an announcement; whoever waits asks. */
  const catchUp = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await setting.clock.wait(CATCH_UP_MILLISECONDS, stopped.signal);
      if (stopped.signal.aborted || state.phase !== 'waiting') continue;
      // The reveals of the last round come while this one is waited for.
      const rounds = [state.round, state.round - 1].filter((round) => round >= 0);
      await Promise.all(rounds.map((round) => setting.network.catchUp(round))).catch((error: unknown) =>
        setting.logger.debug('round.catch-up-failed', { error: messageOf(error) }),
      );
    }
  };

  const start = startRounds({
    terms: { rounds: manifest.rounds, quorum: manifest.waiting.quorum, stalenessBound: manifest.staleness.boundRounds },
    others: othersOf(setting.index, self, manifest),
    connected: setting.network.connectedMembers(),
    round: progress.round,
    published: store.announcement(self, progress.round) !== null,
    mixed: progress.mixed,
    firstRound: firstRoundOf(setting.index, self),
    seek: setting.index.entries().some((entry) => entry.kind === 'contribution' && entry.record.member !== self),
  });
  state = start.state;
  for (const { record } of store.announcements()) {
    if (record.member !== self) state = stepRounds(state, { type: 'announced', ...record }).state;
  }
  for (const effect of start.effects) perform(effect).catch(fail);
  catchUp().catch(fail);

  return {
    onContribution: (announcement) => {
      store.addAnnouncement(announcement);
      dispatch({ type: 'announced', member: announcement.record.member, round: announcement.record.round });
    },
    onMember: (member, connected) => dispatch({ type: connected ? 'connected' : 'lost', member }),
    onLedger: () => {
      const others = othersOf(setting.index, self, manifest);
      if (JSON.stringify(others) !== JSON.stringify(state.others)) dispatch({ type: 'participants', others });
      for (const entry of setting.index.entries()) {
        if (entry.kind !== 'contribution' || entry.record.round !== manifest.rounds || entry.record.member === self)
          continue;
        if (state.announced.get(manifest.rounds)?.has(entry.record.member)) continue;
        dispatch({ type: 'announced', member: entry.record.member, round: manifest.rounds });
      }
      const closers = state.announced.get(manifest.rounds) ?? new Set();
      const closing = expectedOthers({ others: state.others, round: manifest.rounds });
      const closed = closing.filter(({ accounts }) => accounts.some((account) => closers.has(account)));
      // Members that only observe are no company.
      const connected = setting.network.connectedMembers();
      const alone = !others.some(({ accounts }) => accounts.some((account) => connected.includes(account)));
      if (state.phase === 'waiting' && state.round < manifest.rounds && closed.length === closing.length && alone) {
        fail(leftBehind(state.round));
      }
    },
    finished: outcome.promise,
  };
}

function timerMilliseconds({ manifest }: StudySetting, timer: Timer): number {
  return 1000 * (timer === 'grace' ? manifest.waiting.graceSeconds : manifest.waiting.lostGraceSeconds);
}

function leftBehind(round: number): PeerError {
  return new PeerError(
    'peer/left-behind',
    `the others have closed the study and gone, while this peer waited in round ${round}; what it contributed before is on the ledger`,
  );
}
