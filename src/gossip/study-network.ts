import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { type Announcement, encodeAnnouncement, encodeReveal, type Reveal } from '../protocol/announcement.ts';
import { encodeCheckpoint, type SignedCheckpoint } from '../protocol/checkpoint.ts';
import { ADDRESS_PROTOCOL, serveAddresses } from './address-exchange.ts';
import type { BlobSource } from './blob-source.ts';
import { createNode, type Node } from './create-node.ts';
import { createForwardingWatch } from './forwarding-watch.ts';
import { type MemberConnections, watchMemberConnections } from './member-connections.ts';
import { type ObtainDeps, type Order, obtainBlobs } from './obtain-blobs.ts';
import { createOffences, type Offence } from './offences.ts';
import { fetchRecords, RECORD_PROTOCOL, type RoundRecords, serveRecords } from './record-exchange.ts';
import { openSegmentStream, type SegmentStream } from './segment-client.ts';
import { SEGMENT_PROTOCOL } from './segment-protocol.ts';
import { serveSegments } from './segment-server.ts';
import { type ServedProtocol, serveProtocol } from './served-protocols.ts';
import { joinTopics, judgeRecord, RECORD_KINDS, type ReceiveDeps, type RecordKind, topicOf } from './study-topics.ts';
import { watchFloods } from './watch-floods.ts';

export interface StudyNetworkDeps extends ReceiveDeps {
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly blobs: BlobSource;
  /** The accounts that may connect: the cached member set, this peer's own among them. */
  members(): ReadonlySet<Hex>;
  /** The records of a round that this peer holds, for others that missed them. */
  recordsOf(round: number): RoundRecords;
  /** The first connection of a member came up, or its last one went down. */
  onMember(account: Hex, connected: boolean): void;
  /** A member was cut off for half an hour. */
  onBan?(account: Hex, offence: Offence): void;
  /** How many offences are too many; another measure than the usual one is for tests. */
  readonly banAtPoints?: number;
}

export interface StudyNetworkOptions {
  readonly privateKey: Hex;
  readonly listen: readonly string[];
  /** Multiaddrs with peer ids of members to begin with. */
  readonly bootstrap: readonly string[];
  /** Look for members on the local network. */
  readonly mdns?: boolean;
  /** Relay between members; and members that relay for this peer. */
  readonly relay?: { readonly serve: boolean; readonly use: readonly string[] };
}

/** One study's members, reachable: announcements by gossip, segments and missed records by direct streams. */
export interface StudyNetwork {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Where this peer listens, peer id included. */
  addresses(): string[];
  /** Nobody before the start and after the end. */
  connectedMembers(): Hex[];
  publishContribution(announcement: Announcement): Promise<void>;
  publishReveal(reveal: Reveal): Promise<void>;
  publishCheckpoint(checkpoint: SignedCheckpoint): Promise<void>;
  /** Gets blobs and hands each to `keep` once its digest is checked, see {@link obtainBlobs}. */
  obtain(orders: readonly Order[], keep: ObtainDeps['keep'], signal: AbortSignal): Promise<ReadonlySet<Hex>>;
  /** Asks every connected member for the records of a round, and takes in what is new. */
  catchUp(round: number): Promise<void>;
  /** See {@link MemberConnections}. */
  maintain(): Promise<void>;
  /** Payload bytes since the start. */
  traffic(): { bytesIn: number; bytesOut: number };
}

/**
 * Streams that one member may open. A waiting peer asks for the records of two rounds once a second, and for more when it was away; a
 * round takes a few segment streams; addresses are asked for once a second while somebody is missing.
 */
export const QUOTAS = {
  segments: { burst: 64, perSecond: 4 },
  records: { burst: 64, perSecond: 4 },
  addresses: { burst: 16, perSecond: 2 },
} as const;

interface Running {
  readonly node: Node;
  readonly connections: MemberConnections;
  readonly stopWatching: () => void;
}

/** Creates the network of one study; nothing is opened before `start`. */
export function createStudyNetwork(deps: StudyNetworkDeps, options: StudyNetworkOptions): StudyNetwork {
  const clock = deps.clock ?? systemClock;
  const traffic = { bytesIn: 0, bytesOut: 0 };
  let started: Running | null = null;

  const running = (): Running => {
    if (started === null) throw new Error('the network has not been started');
    return started;
  };

  const offences = createOffences(
    clock,
    (account, offence) => {
      deps.logger.warn('gossip.banned', { member: account, offence });
      deps.onBan?.(account, offence);
      // Not within the event that brought the offence: libp2p is still working on it.
      queueMicrotask(() => void started?.connections.cut(account));
    },
    deps.banAtPoints,
  );
  const isAdmitted = (account: Hex): boolean => deps.members().has(account) && !offences.isBanned(account);
  const forwarding = createForwardingWatch(clock);
  const topicDeps = { ...deps, offences: () => offences };

  const receive = (kind: RecordKind, sender: Hex | null, bytes: Uint8Array): void => {
    traffic.bytesIn += bytes.length;
    judgeRecord(topicDeps, kind, sender, bytes);
  };

  const countedBlobs: BlobSource = {
    get: async (digest) => {
      const bytes = await deps.blobs.get(digest);
      traffic.bytesOut += bytes?.length ?? 0;
      return bytes;
    },
  };

  const openCounted = async (member: Hex, signal: AbortSignal): Promise<SegmentStream> => {
    const stream = await openSegmentStream(await running().connections.bulk(member, signal), signal);
    const receive = async (): Promise<Uint8Array | null> => {
      const bytes = await stream.receive();
      traffic.bytesIn += bytes?.length ?? 0;
      return bytes;
    };
    return { ...stream, receive };
  };

  const publish = async (kind: RecordKind, bytes: Uint8Array): Promise<void> => {
    const { recipients } = await running().node.services.pubsub.publish(topicOf(deps.context.study, kind), bytes);
    traffic.bytesOut += bytes.length * recipients.length;
  };

  /** Asks one member, judges what it hands over, and what it does not. */
  const catchUpFrom = async ({ connections, node }: Running, account: Hex, round: number): Promise<void> => {
    const connection = connections.of(account);
    if (connection === undefined) return;
    const answer = await fetchRecords(connection, round);
    const handed = new Set(RECORD_KINDS.flatMap((kind) => answer[kind].map(nameOf)));
    const own = deps.recordsOf(round);
    forwarding.note(String(connection.remotePeer), {
      known: RECORD_KINDS.flatMap((kind) => own[kind].map(nameOf)),
      handed,
    });
    if (started?.node !== node) return;
    for (const kind of RECORD_KINDS) for (const bytes of answer[kind]) receive(kind, account, bytes);
  };

  return {
    async start() {
      const { study } = deps.context;
      const node = await createNode({
        ...options,
        topics: RECORD_KINDS.map((kind) => topicOf(study, kind)),
        isMember: isAdmitted,
        scoreOf: forwarding.scoreOf,
        // By its digest, so that studies do not mix; mDNS names are short.
        localName: options.mdns === true ? `_cs${study.slice(2, 14)}._udp.local` : null,
        relayServe: options.relay?.serve ?? false,
        relayUse: options.relay?.use ?? [],
      });
      const connections = watchMemberConnections({ ...deps, clock, node, isAdmitted }, options.bootstrap);
      started = { node, connections, stopWatching: watchFloods({ node, clock, offences }) };
      const serve = { node, clock, logger: deps.logger, offences };
      const protocols: ServedProtocol[] = [
        { protocol: SEGMENT_PROTOCOL, quota: QUOTAS.segments, serve: (stream) => serveSegments(stream, countedBlobs) },
        { protocol: RECORD_PROTOCOL, quota: QUOTAS.records, serve: (stream) => serveRecords(stream, deps.recordsOf) },
        {
          protocol: ADDRESS_PROTOCOL,
          quota: QUOTAS.addresses,
          serve: async (stream) => serveAddresses(stream, await connections.envelopes()),
        },
      ];
      for (const each of protocols) await serveProtocol(serve, each);
      await node.start();
      joinTopics(topicDeps, node);
    },
    async stop() {
      const stopping = started;
      started = null;
      stopping?.stopWatching();
      await stopping?.node.stop();
    },
    addresses: () => running().node.getMultiaddrs().map(String),
    connectedMembers: () => started?.connections.connected() ?? [],
    publishContribution: (announcement) => publish('contributions', encodeAnnouncement(announcement)),
    publishReveal: (reveal) => publish('reveals', encodeReveal(reveal)),
    publishCheckpoint: (checkpoint) => publish('checkpoints', encodeCheckpoint(checkpoint)),
    obtain(orders, keep, signal) {
      const onWrongContent = (member: Hex): void => {
        deps.logger.warn('gossip.wrong-content', { member });
        offences.note(member, 'wrong-content');
      };
      return obtainBlobs({ open: openCounted, onWrongContent, keep }, orders, signal);
    },
    async catchUp(round) {
      const now = running();
      await Promise.all(
        now.connections.connected().map((account) =>
          catchUpFrom(now, account, round).catch((error: unknown) => {
            deps.logger.debug('gossip.catch-up-failed', { member: account, error: messageOf(error) });
          }),
        ),
      );
    },
    maintain: () => running().connections.maintain(),
    traffic: () => ({ ...traffic }),
  };
}

const nameOf = (bytes: Uint8Array): Hex => toHex(sha256(bytes));
