import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { createMetrics } from '../base/metrics.ts';
import type { StudyNetwork } from '../gossip/study-network.ts';
import type { RecordKind } from '../gossip/study-topics.ts';
import type { Verdict } from '../gossip/verdict.ts';
import type { ReadOnlyServer } from '../http/read-only-server.ts';
import type { Route } from '../http/route.ts';
import { createSnapshotStream } from '../http/snapshot-stream.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';
import type { BlobStore } from './blob-store.ts';
import type { DataFolder } from './data-folder.ts';
import type { MemberView } from './member-view.ts';
import { operationsRoutes } from './operations-routes.ts';
import { pageLink } from './page-address.ts';
import type { PeerEvent } from './peer-event.ts';
import { declarePeerMetrics } from './peer-metrics.ts';
import { FRESH_PROGRESS, findProblems, followEvent, type PeerStatus } from './peer-status.ts';
import type { PeerStore } from './peer-store.ts';
import { keepPictures } from './pictures/keep-pictures.ts';
import type { PreparedMember } from './prepare-member.ts';
import { removeRunFile, writeRunFile } from './run-file.ts';
import { startOperationsServer } from './start-operations-server.ts';
import { participantsOf } from './study-knowledge.ts';
import { createMemberViewer } from './view/create-member-viewer.ts';
import { rememberFor } from './view/remember-for.ts';
import { standingOf } from './view/standing-of.ts';

export interface PeerOperationsDeps {
  readonly clock: Clock;
  readonly member: PreparedMember;
  readonly index: LedgerIndex;
  /** The cached member set of the consortium. */
  readonly members: ReadonlySet<Hex>;
  readonly store: PeerStore;
  readonly blobs: Pick<BlobStore, 'get'>;
  readonly network: Pick<StudyNetwork, 'traffic' | 'connectedMembers'>;
  readonly logger: Logger;
  readonly folder: DataFolder;
  /** The files of the member's page. */
  readonly page: readonly Route[];
}

/** How often the page gets new rates, and what other processes and the chain have brought. */
const LOOK_MILLISECONDS = 1_000;
/** Whoever reaches the port may ask for health and metrics, as often as they like; they are worked out no more often than this. */
const OPEN_MILLISECONDS = 250;

/** How a peer can be looked at while it runs. */
export interface PeerOperations {
  /** Told everything that the peer tells. */
  follow(event: PeerEvent): void;
  /** Told when the chain answered. */
  ledgerAnswered(): void;
  /** Told what became of each record that came in. */
  judged(kind: RecordKind, verdict: Verdict): void;
  banned(): void;
  status(): PeerStatus;
  /** @returns the address of the page, with its token */
  start(): Promise<string>;
  stop(): Promise<void>;
}

export function createPeerOperations(deps: PeerOperationsDeps): PeerOperations {
  const { clock, member, index, store, network, folder } = deps;
  const begun = clock.now();
  let progress = FRESH_PROGRESS;
  let answeredAt: number | null = null;
  let server: ReadOnlyServer | null = null;
  const pictures = keepPictures({ ...deps, folder: folder.pictures });
  const viewer = createMemberViewer({ ...deps, pictures });
  const stopping = new AbortController();

  const status = (): PeerStatus => {
    const connected = network.connectedMembers();
    const participants = participantsOf(index, member.manifest);
    const now = {
      ...progress,
      connected,
      participants: participants.length,
      traffic: network.traffic(),
      account: member.self,
      study: member.study,
      title: member.manifest.title,
      rounds: member.manifest.rounds,
      engine: `${member.engine.name} ${member.engine.version}`,
      pid: process.pid,
      upSeconds: Math.round((clock.now() - begun) / 1000),
      missing: participants.filter((account) => account !== member.self && !connected.includes(account)),
      outbox: store.outbox.counts(),
      ledger: {
        entries: index.entries().length,
        secondsSinceContact: answeredAt === null ? null : Math.round((clock.now() - answeredAt) / 1000),
      },
      standing: standingOf(index.entries(), deps.members, member.self),
      disk: viewer.disk(),
    };
    return { ...now, problems: findProblems(now, member.manifest.waiting.quorum) };
  };

  const view = (): MemberView => viewer.view(status());
  const onError = (error: unknown): void => deps.logger.error('operations.route-failed', { error: messageOf(error) });
  const views = createSnapshotStream('view', view, { onError });
  const metrics = createMetrics();
  const recent = rememberFor(OPEN_MILLISECONDS, clock, status);
  declarePeerMetrics(metrics, recent);
  const countRecord = metrics.counter({
    name: 'consilium_gossip_records',
    help: 'Records that came in, by kind and by what became of them',
    labels: ['kind', 'action'],
  });
  const countBan = metrics.counter({
    name: 'consilium_gossip_bans',
    help: 'Members cut off for half an hour',
    labels: [],
  });

  return {
    follow: (event) => {
      progress = followEvent(progress, event);
      const tell = (): void => views.changed();
      Promise.all([viewer.follow(event).then(tell), pictures.follow(event)]).then(tell, (error: unknown) =>
        deps.logger.warn('operations.view-failed', { event: event.event, error: messageOf(error) }),
      );
    },
    ledgerAnswered: () => {
      answeredAt = clock.now();
    },
    judged: (kind, { action }) => countRecord({ kind, action }),
    banned: () => countBan({}),
    status,
    async start() {
      await Promise.all([viewer.load(), pictures.load()]);
      void lookOn();
      const routes = [
        ...operationsRoutes({ metrics, recent, status, view, views, pictures: pictures.current }),
        ...deps.page,
      ];
      const { operations: config } = member.config;
      const started = await startOperationsServer(routes, { config, path: folder.page, onError });
      server = started.server;
      await writeRunFile(folder.run, { pid: process.pid, url: server.url, token: started.token });
      return pageLink(server.url, started.token);
    },
    async stop() {
      stopping.abort();
      await pictures.stop();
      if (server === null) return;
      await removeRunFile(folder.run);
      views.stop();
      await server.stop();
    },
  };

  async function lookOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      await viewer.look().catch(onError);
      views.changed();
      await clock.wait(LOOK_MILLISECONDS, stopping.signal);
    }
  }
}
