import type { Hex } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { createStudyNetwork, type StudyNetwork, type StudyNetworkOptions } from '../gossip/study-network.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';
import type { Announcement } from '../protocol/announcement.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import type { BlobStore } from './blob-store.ts';
import { PeerError } from './peer-error.ts';
import type { PeerEvent } from './peer-event.ts';
import type { PeerOperations } from './peer-operations.ts';
import type { PeerStore } from './peer-store.ts';
import type { PreparedMember } from './prepare-member.ts';
import type { StudyRun } from './run-study.ts';
import { studyContext } from './study-knowledge.ts';

export interface PeerNetworkDeps {
  readonly logger: Logger;
  readonly member: PreparedMember;
  readonly domain: LedgerDomain;
  readonly index: LedgerIndex;
  readonly store: PeerStore;
  readonly blobs: BlobStore;
  /** The consortium's members, kept up to date by others. */
  readonly members: ReadonlySet<Hex>;
  emit(event: PeerEvent): void;
  /** The rounds, once they run: until then what comes in is only kept. */
  running(): StudyRun | null;
  /** Who counts verdicts and bans, once there is somebody. */
  operations(): PeerOperations | null;
}

/** The study's network as a peer uses it: what comes in is kept, and told to whom it concerns. Its `start` throws PeerError `peer/port-in-use`. */
export function createPeerNetwork(deps: PeerNetworkDeps): StudyNetwork {
  const { logger, member, domain, index, store, blobs, members, emit, running, operations } = deps;
  const network = createStudyNetwork(
    {
      logger,
      blobs,
      context: studyContext({ domain, manifest: member.manifest, index, store }),
      members: () => members,
      recordsOf: store.recordsOf,
      onContribution: (announcement) => {
        if (announcement.record.member === member.self) return keepOwn(deps, announcement);
        const run = running();
        if (run === null) store.addAnnouncement(announcement);
        else run.onContribution(announcement);
      },
      onEquivocation: store.addEquivocation,
      onReveal: store.addReveal,
      onCheckpoint: store.addCheckpoint,
      onVerdict: (kind, verdict) => operations()?.judged(kind, verdict),
      onBan: (account) => {
        operations()?.banned();
        emit({ event: 'member.banned', account });
      },
      onMember: (account, connected) => {
        emit({ event: connected ? 'member.connected' : 'member.lost', account });
        running()?.onMember(account, connected);
      },
    },
    optionsOf(member),
  );
  return { ...network, start: () => start(network, member.config.listen) };
}

/** What this member said and its folder does not know. */
function keepOwn({ store, logger }: PeerNetworkDeps, announcement: Announcement): void {
  try {
    store.keepOwn(announcement);
  } catch (error) {
    logger.error('peer.own-record-differs', { round: announcement.record.round, error: messageOf(error) });
  }
}

function optionsOf({ privateKey, config }: PreparedMember): StudyNetworkOptions {
  const { listen, bootstrap, discovery, relay } = config;
  return { privateKey, listen, bootstrap, mdns: discovery.mdns, relay };
}

async function start(network: StudyNetwork, listen: readonly string[]): Promise<void> {
  try {
    await network.start();
  } catch (cause) {
    if (!/EADDRINUSE|address already in use|listen/i.test(messageOf(cause))) throw cause;
    const message = `cannot listen on ${listen.join(', ')}; free the port or change 'listen' in peer.json`;
    throw new PeerError('peer/port-in-use', message, { cause });
  }
}
