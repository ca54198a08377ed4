import type { Hex } from '../../base/bytes.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { createStudyNetwork, type StudyNetwork } from '../../gossip/study-network.ts';
import { connectLedger, type LedgerConnection } from '../../ledger/ethers-ledger.ts';
import { createLedgerIndex, type LedgerIndex } from '../../ledger/ledger-index.ts';
import { participantsIn } from '../../protocol/participants.ts';
import { createBlobStore } from '../blob-store.ts';
import { dataFolder } from '../data-folder.ts';
import { checkStanding } from '../enter-study.ts';
import { PeerError } from '../peer-error.ts';
import { openPeerStore, type PeerStore } from '../peer-store.ts';
import { studyContext } from '../study-knowledge.ts';
import { type EvidenceFollower, followEvidence } from './follow-evidence.ts';
import type { Observed, ObserverEvent } from './observer-event.ts';
import { type PreparedObserver, prepareObserver } from './prepare-observer.ts';
import { countUnrevealed, isOver } from './study-end.ts';

export interface ObserverDeps {
  readonly logger: Logger;
  readonly clock?: Clock;
  emit(event: ObserverEvent): void;
}

export interface ObserveOptions {
  /** The observer's folder: peer.json, manifest, keystore. */
  readonly path: string;
  /** Leave updates where they are; without them mixes cannot be replayed. */
  readonly recordsOnly: boolean;
}

const LOOK_MILLISECONDS = 250;
const READ_MILLISECONDS = 500;
const LOOKS_PER_MEMBER_READ = 10;
/** After the end of a study, how long what still lacks is asked for. */
const PATIENCE_MILLISECONDS = 15_000;

/**
 * Follows a study without taking part: a member of the consortium, which it must be to be let in, that joins nothing, holds no data and
 * writes nothing to the ledger. Keeps signed records, and what they name, and holds them against the ledger as they come.
 * @param signal ends the observation; what was collected is on disk, and a later one goes on with it
 * @throws PeerError `peer/takes-part`, `peer/not-a-member`, `peer/manifest-mismatch` and those of {@link prepareObserver}; LedgerError
 */
export async function observeStudy(
  deps: ObserverDeps,
  options: ObserveOptions,
  signal: AbortSignal,
): Promise<Observed> {
  const observer = await prepareObserver(options.path);
  const { rpcUrl, contract } = observer.config;
  const connection = await connectLedger({ rpcUrl, contract, signal });
  let store: PeerStore | null = null;
  try {
    const index = createLedgerIndex(connection, observer.study);
    const members = await checkStanding(connection, index, observer);
    if (participantsIn(index.entries()).some(({ accounts }) => accounts.includes(observer.self))) {
      throw new PeerError(
        'peer/takes-part',
        `account ${observer.self} takes part in the study; an observer needs a key of its own, which an admin admits`,
      );
    }
    store = openPeerStore(dataFolder(options.path).database);
    return await follow({ ...deps, clock: deps.clock ?? systemClock, connection, index, members, store }, observer, {
      ...options,
      signal,
    });
  } finally {
    store?.close();
    connection.close();
  }
}

interface Opened extends ObserverDeps {
  readonly clock: Clock;
  readonly connection: LedgerConnection;
  readonly index: LedgerIndex;
  readonly members: Set<Hex>;
  readonly store: PeerStore;
}

async function follow(
  opened: Opened,
  observer: PreparedObserver,
  { path, recordsOnly, signal }: ObserveOptions & { readonly signal: AbortSignal },
): Promise<Observed> {
  const { store, index, connection, members, emit, clock, logger } = opened;
  const { manifest, parameterCount } = observer;
  const blobs = createBlobStore(dataFolder(path).blobs);
  let follower: EvidenceFollower | null = null;
  const { privateKey, config } = observer;
  const network = createStudyNetwork(
    {
      logger,
      blobs,
      context: {
        ...studyContext({ domain: connection.domain, manifest, index, store }),
        // Whoever took part once: what it signed before it left is evidence too.
        isParticipant: (account) => participantsIn(index.entries()).some(({ accounts }) => accounts.includes(account)),
      },
      members: () => members,
      recordsOf: store.recordsOf,
      onContribution: (announcement) => {
        store.addAnnouncement(announcement);
        follower?.add(announcement);
      },
      onEquivocation: (second) => store.addEquivocation(second),
      onReveal: (reveal) => store.addReveal(reveal),
      onCheckpoint: (checkpoint) => store.addCheckpoint(checkpoint),
      onMember: (account, connected) => emit({ event: connected ? 'member.connected' : 'member.lost', account }),
      onBan: (account) => emit({ event: 'member.banned', account }),
    },
    {
      privateKey,
      listen: config.listen,
      bootstrap: config.bootstrap,
      mdns: config.discovery.mdns,
      relay: config.relay,
    },
  );
  const terms = { manifest, parameterCount, recordsOnly };
  const following = followEvidence({ clock, network, index, store, blobs, terms, emit });
  follower = following;
  const ended = new AbortController();
  const end = (): void => ended.abort();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  /** Members may leave within a second of their last record, so this waits for nothing but what it asks for. */
  const collect = async (): Promise<void> => {
    for (let over = Infinity; !ended.signal.aborted; ) {
      await following.look(ended.signal).catch((error: unknown) => {
        if (!ended.signal.aborted) throw error;
      });
      if (isOver(index.entries(), manifest.rounds)) over = Math.min(over, clock.now());
      const isComplete = following.observed().missing === 0 && countUnrevealed(index.entries()) === 0;
      if (over < Infinity && (isComplete || clock.now() - over > PATIENCE_MILLISECONDS)) return;
      await clock.wait(LOOK_MILLISECONDS, ended.signal);
    }
  };
  try {
    await network.start();
    emit({ event: 'observer.listening', addresses: network.addresses() });
    await Promise.all([readLedger({ ...opened, network }, ended.signal), collect().finally(() => ended.abort())]);
    if (!signal.aborted) emit({ event: 'observer.finished', ...following.observed() });
    return following.observed();
  } finally {
    signal.removeEventListener('abort', end);
    await network.stop();
  }
}

/** Looks after connections, member set and log; outages of the chain leave things as they were. */
async function readLedger(
  { network, connection, members, index, clock, logger }: Opened & { readonly network: StudyNetwork },
  signal: AbortSignal,
): Promise<void> {
  for (let turn = 1; !signal.aborted; turn++) {
    try {
      await network.maintain();
      if (turn % LOOKS_PER_MEMBER_READ === 0) await readMembers(connection, members);
      await index.refresh();
    } catch (error) {
      logger.warn('observer.ledger-away', { error: messageOf(error) });
    }
    await clock.wait(READ_MILLISECONDS, signal);
  }
}

async function readMembers(connection: LedgerConnection, members: Set<Hex>): Promise<void> {
  const current = new Set(await connection.members());
  for (const account of members) if (!current.has(account)) members.delete(account);
  for (const account of current) members.add(account);
}
