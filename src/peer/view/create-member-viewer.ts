import { statfs } from 'node:fs/promises';
import type { Hex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { BAN_MILLISECONDS } from '../../gossip/offences.ts';
import type { StudyNetwork } from '../../gossip/study-network.ts';
import type { LedgerIndex } from '../../ledger/ledger-index.ts';
import { roundLength } from '../../model/training-options.ts';
import { participantsIn } from '../../protocol/participants.ts';
import type { BlobStore } from '../blob-store.ts';
import type { DataFolder } from '../data-folder.ts';
import type { LearningView, MemberView, RoundView, StageView } from '../member-view.ts';
import type { PeerEvent } from '../peer-event.ts';
import type { DiskSpace, PeerStatus } from '../peer-status.ts';
import type { PeerStore } from '../peer-store.ts';
import type { PictureKeeper } from '../pictures/keep-pictures.ts';
import { recordsAre } from '../pictures/records-are.ts';
import type { PreparedMember } from '../prepare-member.ts';
import { findWarnings } from './find-notices.ts';
import { FRESH_STAGES, followStages, viewStages } from './follow-stages.ts';
import { listMembers } from './list-members.ts';
import { createOwnHistory } from './own-history.ts';
import { ownValue } from './own-value.ts';
import { createPrivacyGauge } from './privacy-gauge.ts';
import { readLog } from './read-log.ts';
import { rememberPerLog } from './remember-per-log.ts';
import { thinOut } from './thin-out.ts';
import { createTrafficWindow } from './traffic-window.ts';
import { watchAlone } from './watch-alone.ts';

export interface MemberViewerDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly member: PreparedMember;
  readonly index: Pick<LedgerIndex, 'entries' | 'generation'>;
  readonly store: PeerStore;
  readonly blobs: Pick<BlobStore, 'get'>;
  readonly network: Pick<StudyNetwork, 'traffic'>;
  readonly folder: Pick<DataFolder, 'path' | 'alone'>;
  readonly pictures: Pick<PictureKeeper, 'current'>;
}

/** Puts together what a member's page shows: from the peer's events while it runs, and from what is on disk and on the ledger. */
export interface MemberViewer {
  /** Reads what earlier runs left. */
  load(): Promise<void>;
  /** Told everything that the peer tells; resolves when it is taken in. */
  follow(event: PeerEvent): Promise<void>;
  /** To be called about once a second: rates, disk, and what other processes write. */
  look(): Promise<void>;
  disk(): DiskSpace;
  view(status: PeerStatus): MemberView;
}

export function createMemberViewer(deps: MemberViewerDeps): MemberViewer {
  const { clock, member, index, store, network, folder } = deps;
  const { manifest, self, config } = member;
  let stages = FRESH_STAGES;
  let free: number | null = null;
  const bannedUntil = new Map<Hex, number>();
  const traffic = createTrafficWindow();
  const alone = watchAlone(folder.alone, config.aloneBaseline);
  const gauge = createPrivacyGauge(manifest, store.spending, member.data.training.samples);
  const participant = () => participantsIn(index.entries()).find(({ accounts }) => accounts.includes(self));
  const history = createOwnHistory({ ...deps, accounts: () => participant()?.accounts ?? [self] });
  const factsOfLog = rememberPerLog(index, clock, readLog);

  const banned = (): Map<Hex, number> => {
    const seconds = [...bannedUntil].map(
      ([account, until]) => [account, Math.ceil((until - clock.now()) / 1000)] as const,
    );
    return new Map(seconds.filter(([, left]) => left > 0));
  };

  const learning = (): LearningView => ({
    rounds: thinOut(history.figures()),
    epochs: thinOut(store.shown.epochs()),
    alone: alone.view(),
  });

  const roundView = (status: PeerStatus, heard: ReadonlyMap<Hex, number>): RoundView => {
    const { round } = status;
    const others = status.participants === null ? 0 : status.participants - 1;
    const { epochs } = roundLength(member.training, member.data.training.samples);
    const here = [...heard].filter(([account, last]) => account !== self && round !== null && last >= round).length;
    return {
      round,
      stages: viewStages(stages, anchorState(round), clock.now()),
      training: stages.epoch === null ? null : { ...stages.epoch, epochs },
      announced: { of: others, here: Math.min(here, others) },
      contributions: stages.contributions,
    };
  };

  /** By the outbox, so that a restart changes nothing. */
  const anchorState = (round: number | null): StageView['state'] => {
    const hash = round === null ? undefined : store.contributionHash(self, round);
    if (hash === undefined) return 'ahead';
    return store.shown.isAnchored(hash) ? 'done' : 'now';
  };

  return {
    async load() {
      await Promise.all([history.load(), alone.look()]);
      traffic.sample(network.traffic(), clock.now());
    },
    async follow(event) {
      stages = followStages(stages, event, clock.now());
      if (event.event === 'round.epoch') store.shown.addEpoch(event);
      if (event.event === 'member.banned') bannedUntil.set(event.account, clock.now() + BAN_MILLISECONDS);
      if (event.event === 'round.announced') await history.add(event.round);
    },
    async look() {
      traffic.sample(network.traffic(), clock.now());
      await alone.look();
      free = await statfs(folder.path).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => null, // then nothing is said of it
      );
    },
    disk: () => ({
      freeBytes: free,
      roundBytes: 4 * member.initialModel.length * ((participantsIn(index.entries()).length || 1) + 1),
    }),
    view(status) {
      const facts = factsOfLog();
      const value = ownValue(facts, self, manifest.valuation.method);
      const heard = store.shown.heardRounds();
      const members = listMembers(facts, {
        self,
        rounds: manifest.rounds,
        connected: status.connected,
        banned: banned(),
        heard,
        names: config.names,
      });
      // A round is paid for when its training begins.
      const unpaid = Math.max(status.round ?? 0, (store.spending.lastRound() ?? -1) + 1);
      const budget = gauge(Math.max(0, manifest.rounds - unpaid));
      const parts = {
        status,
        members,
        learning: learning(),
        privacy: budget === null ? null : { ...budget, rounds: thinOut(history.spending()) },
      };
      return {
        ...parts,
        warnings: findWarnings(parts, deps.pictures.current()?.drift),
        round: roundView(status, heard),
        value: { ...value, rounds: thinOut(value.rounds) },
        outbox: store.shown.outbox(),
        traffic: traffic.view(clock.now()),
        recordsAre: recordsAre(member.data.training),
        picturesOf: deps.pictures.current()?.round ?? null,
      };
    },
  };
}
