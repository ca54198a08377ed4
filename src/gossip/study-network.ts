import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub';
import type { Connection, PeerId } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { type Announcement, encodeAnnouncement, encodeReveal, type Reveal } from '../protocol/announcement.ts';
import { ADDRESS_PROTOCOL, fetchAddresses, serveAddresses } from './address-exchange.ts';
import type { BlobSource } from './blob-source.ts';
import { accountOfPeer, createNode, type Node } from './create-node.ts';
import { LIMITS } from './limits.ts';
import { type Order, obtainBlobs } from './obtain-blobs.ts';
import { fetchRecords, RECORD_PROTOCOL, type RoundRecords, serveRecords } from './record-exchange.ts';
import { fetchBlobs, type Want } from './segment-client.ts';
import { SEGMENT_PROTOCOL, serveSegments } from './segment-server.ts';
import type { StudyContext } from './study-context.ts';
import { validateContribution } from './validate-contribution.ts';
import { validateValuation } from './validate-valuation.ts';
import type { Verdict } from './verdict.ts';

export interface StudyNetworkDeps {
  readonly logger: Logger;
  readonly context: StudyContext;
  readonly blobs: BlobSource;
  /** The accounts that may connect: the cached member set, this peer's own among them. */
  members(): ReadonlySet<Hex>;
  /** The records of a round that this peer holds, for others that missed them. */
  recordsOf(round: number): RoundRecords;
  onContribution(announcement: Announcement): void;
  onReveal(reveal: Reveal): void;
  /** The first connection of a member came up, or its last one went down. */
  onMember(account: Hex, connected: boolean): void;
}

export interface StudyNetworkOptions {
  readonly privateKey: Hex;
  readonly listen: readonly string[];
  /** Multiaddrs with peer ids of members to begin with. */
  readonly bootstrap: readonly string[];
}

/** One study's members, reachable: announcements by gossip, segments and missed records by direct streams. */
export interface StudyNetwork {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Where this peer listens, peer id included. */
  addresses(): string[];
  connectedMembers(): Hex[];
  publishContribution(announcement: Announcement): Promise<void>;
  publishReveal(reveal: Reveal): Promise<void>;
  /** Gets blobs, see {@link obtainBlobs}. */
  obtain(orders: readonly Order[], signal: AbortSignal): Promise<Map<Hex, Uint8Array>>;
  /** Asks every connected member for the records of a round, and takes in what is new. */
  catchUp(round: number): Promise<void>;
  /** Dials members whose addresses are known but who are not connected, and learns addresses. */
  maintain(): Promise<void>;
  /** Payload bytes since the start. */
  traffic(): { bytesIn: number; bytesOut: number };
}

const RESULT = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
} as const;

/** Creates the network of one study; nothing is opened before `start`. */
export function createStudyNetwork(deps: StudyNetworkDeps, options: StudyNetworkOptions): StudyNetwork {
  const contributionTopic = `/consilium/1/${deps.context.study}/contributions`;
  const valuationTopic = `/consilium/1/${deps.context.study}/valuations`;
  const traffic = { bytesIn: 0, bytesOut: 0 };
  const bulk = new Map<Hex, Connection>();
  const connected = new Set<Hex>();
  /** Peer records that were taken in already. */
  const learned = new Set<Hex>();
  let started: Node | null = null;

  const node = (): Node => {
    if (started === null) throw new Error('the network has not been started');
    return started;
  };

  const receiveContribution = (bytes: Uint8Array): Verdict => {
    const { verdict, announcement } = validateContribution(bytes, deps.context);
    if (announcement !== undefined) deps.onContribution(announcement);
    return verdict;
  };

  const receiveReveal = (bytes: Uint8Array): Verdict => {
    const { verdict, reveal } = validateValuation(bytes, deps.context);
    if (reveal !== undefined) deps.onReveal(reveal);
    return verdict;
  };

  const judge = (peer: PeerId, bytes: Uint8Array, receive: (bytes: Uint8Array) => Verdict): TopicValidatorResult => {
    traffic.bytesIn += bytes.length;
    const verdict = receive(bytes);
    if (verdict.action === 'reject')
      deps.logger.warn('gossip.rejected', { peer: accountOfPeer(peer), rule: verdict.rule });
    return RESULT[verdict.action];
  };

  const noteConnections = (peer: PeerId): void => {
    const account = accountOfPeer(peer);
    if (account === null || started === null) return;
    const up = node().getConnections(peer).length > 0;
    if (up === connected.has(account)) return;
    if (up) connected.add(account);
    else connected.delete(account);
    deps.onMember(account, up);
  };

  const peerOf = (account: Hex): PeerId | undefined =>
    node()
      .getPeers()
      .find((peer) => accountOfPeer(peer) === account);

  /** Bulk bytes go over a connection of their own, so that announcements do not queue behind them. */
  const bulkConnection = async (account: Hex, signal: AbortSignal): Promise<Connection> => {
    const held = bulk.get(account);
    if (held?.status === 'open') return held;
    const peer = peerOf(account);
    if (peer === undefined) throw new Error(`member ${account} is not connected`);
    const connection = await node().dial(peer, { force: true, signal });
    bulk.set(account, connection);
    return connection;
  };

  const handleStream = (serve: (stream: Parameters<typeof serveSegments>[0]) => Promise<void>) => {
    return (stream: Parameters<typeof serveSegments>[0]): void => {
      serve(stream).catch((error: unknown) => {
        deps.logger.debug('gossip.stream-failed', { protocol: stream.protocol, error: messageOf(error) });
        stream.abort(error instanceof Error ? error : new Error(String(error)));
      });
    };
  };

  const countedBlobs: BlobSource = {
    get: async (digest) => {
      const bytes = await deps.blobs.get(digest);
      traffic.bytesOut += bytes?.length ?? 0;
      return bytes;
    },
  };

  const envelopes = async (): Promise<Uint8Array[]> => {
    const peers = await node().peerStore.all();
    const self = await node().peerStore.get(node().peerId);
    return [self, ...peers].flatMap((peer) => peer.peerRecordEnvelope ?? []);
  };

  const learnAddresses = async (connection: Connection): Promise<void> => {
    for (const envelope of await fetchAddresses(connection)) {
      const name = toHex(sha256(envelope));
      if (learned.has(name)) continue; // checking a signature costs milliseconds
      learned.add(name);
      await node().peerStore.consumePeerRecord(envelope);
    }
  };

  const dialKnown = async (): Promise<void> => {
    const known = await node().peerStore.all();
    const open = new Set(node().getPeers().map(String));
    const missing = known.filter((peer) => {
      const account = accountOfPeer(peer.id);
      return account !== null && deps.members().has(account) && peer.addresses.length > 0 && !open.has(String(peer.id));
    });
    await Promise.allSettled(missing.map((peer) => node().dial(peer.id)));
  };

  const dialBootstrap = async (): Promise<void> => {
    const open = new Set(node().getPeers().map(String));
    const missing = options.bootstrap.filter((address) => !open.has(address.split('/p2p/').at(-1) ?? ''));
    await Promise.allSettled(missing.map((address) => node().dial(multiaddr(address))));
  };

  const cutFormerMembers = async (): Promise<void> => {
    for (const connection of node().getConnections()) {
      const account = accountOfPeer(connection.remotePeer);
      if (account === null || !deps.members().has(account)) await connection.close();
    }
  };

  return {
    async start() {
      const created = await createNode({
        ...options,
        topics: [contributionTopic, valuationTopic],
        isMember: (account) => deps.members().has(account),
      });
      started = created;
      const streams = { maxInboundStreams: LIMITS.streamsPerProtocol, maxOutboundStreams: LIMITS.streamsPerProtocol };
      await created.handle(
        SEGMENT_PROTOCOL,
        handleStream((stream) => serveSegments(stream, countedBlobs)),
        streams,
      );
      await created.handle(
        RECORD_PROTOCOL,
        handleStream((stream) => serveRecords(stream, deps.recordsOf)),
        streams,
      );
      await created.handle(
        ADDRESS_PROTOCOL,
        handleStream(async (stream) => serveAddresses(stream, await envelopes())),
        streams,
      );
      created.addEventListener('peer:connect', (event) => noteConnections(event.detail));
      created.addEventListener('peer:disconnect', (event) => noteConnections(event.detail));
      const { pubsub } = created.services;
      pubsub.topicValidators.set(contributionTopic, (peer, { data }) => judge(peer, data, receiveContribution));
      pubsub.topicValidators.set(valuationTopic, (peer, { data }) => judge(peer, data, receiveReveal));
      await created.start();
      pubsub.subscribe(contributionTopic);
      pubsub.subscribe(valuationTopic);
    },
    async stop() {
      await started?.stop();
      started = null;
    },
    addresses: () => node().getMultiaddrs().map(String),
    connectedMembers: () => [...connected],
    async publishContribution(announcement) {
      const bytes = encodeAnnouncement(announcement);
      const { recipients } = await node().services.pubsub.publish(contributionTopic, bytes);
      traffic.bytesOut += bytes.length * recipients.length;
    },
    async publishReveal(reveal) {
      const bytes = encodeReveal(reveal);
      const { recipients } = await node().services.pubsub.publish(valuationTopic, bytes);
      traffic.bytesOut += bytes.length * recipients.length;
    },
    obtain(orders, signal) {
      const onWrongContent = (member: Hex): void => deps.logger.warn('gossip.wrong-content', { member });
      async function* fetch(member: Hex, wants: readonly Want[], abort: AbortSignal): ReturnType<typeof fetchBlobs> {
        for await (const answer of fetchBlobs(await bulkConnection(member, abort), wants, abort)) {
          traffic.bytesIn += answer.bytes?.length ?? 0;
          yield answer;
        }
      }
      return obtainBlobs({ fetch, onWrongContent }, orders, signal);
    },
    async catchUp(round) {
      const connections = node()
        .getPeers()
        .flatMap((peer) => node().getConnections(peer)[0] ?? []);
      const answers = await Promise.allSettled(connections.map((connection) => fetchRecords(connection, round)));
      for (const answer of answers) {
        if (answer.status !== 'fulfilled') continue;
        for (const bytes of answer.value.contributions) receiveContribution(bytes);
        for (const bytes of answer.value.reveals) receiveReveal(bytes);
      }
    },
    async maintain() {
      await cutFormerMembers();
      // Everybody but this peer itself is connected: there is nothing to learn.
      if (connected.size >= deps.members().size - 1) return;
      await dialBootstrap();
      const connections = node()
        .getPeers()
        .flatMap((peer) => node().getConnections(peer)[0] ?? []);
      await Promise.allSettled(connections.map(learnAddresses));
      await dialKnown();
    },
    traffic: () => ({ ...traffic }),
  };
}
