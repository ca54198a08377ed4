import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { createMetrics } from '../base/metrics.ts';
import type { StudyNetwork } from '../gossip/study-network.ts';
import type { RecordKind } from '../gossip/study-topics.ts';
import type { Verdict } from '../gossip/verdict.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';
import { startOperationsServer } from './operations-server.ts';
import type { PeerEvent } from './peer-event.ts';
import { declarePeerMetrics } from './peer-metrics.ts';
import { FRESH_PROGRESS, findProblems, followEvent, type PeerStatus } from './peer-status.ts';
import type { PeerStore } from './peer-store.ts';
import type { PreparedMember } from './prepare-member.ts';
import { removeRunFile, writeRunFile } from './run-file.ts';
import { participantsOf } from './study-knowledge.ts';

export interface PeerOperationsDeps {
  readonly clock: Clock;
  readonly member: PreparedMember;
  readonly index: LedgerIndex;
  readonly store: PeerStore;
  readonly network: Pick<StudyNetwork, 'traffic' | 'connectedMembers'>;
  /** Where it is written how this peer can be reached. */
  readonly runFile: string;
}

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
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createPeerOperations(deps: PeerOperationsDeps): PeerOperations {
  const { clock, member, index, store, network } = deps;
  const begun = clock.now();
  let progress = FRESH_PROGRESS;
  let answeredAt: number | null = null;
  let server: { url: string; stop(): Promise<void> } | null = null;

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
    };
    return { ...now, problems: findProblems(now, member.manifest.waiting.quorum) };
  };

  const metrics = createMetrics();
  declarePeerMetrics(metrics, status);
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
    },
    ledgerAnswered: () => {
      answeredAt = clock.now();
    },
    judged: (kind, { action }) => countRecord({ kind, action }),
    banned: () => countBan({}),
    status,
    async start() {
      const token = randomBytes(32).toString('hex');
      const { host, port } = member.config.operations;
      server = await startOperationsServer({ metrics, status }, { host, port, token });
      await writeRunFile(deps.runFile, { pid: process.pid, url: server.url, token });
    },
    async stop() {
      if (server === null) return;
      await removeRunFile(deps.runFile);
      await server.stop();
    },
  };
}
