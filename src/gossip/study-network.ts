import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub';
import type { PeerId, Stream } from '@libp2p/interface';
import type { Hex } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { type Announcement, encodeAnnouncement, encodeReveal, type Reveal } from '../protocol/announcement.ts';
import { ADDRESS_PROTOCOL, serveAddresses } from './address-exchange.ts';
import type { BlobSource } from './blob-source.ts';
import { accountOfPeer, createNode, type Node } from './create-node.ts';
import { LIMITS } from './limits.ts';
import { type MemberConnections, watchMemberConnections } from './member-connections.ts';
import { type ObtainDeps, type Order, obtainBlobs } from './obtain-blobs.ts';
import { fetchRecords, RECORD_PROTOCOL, type RoundRecords, serveRecords } from './record-exchange.ts';
import { openSegmentStream, type SegmentStream } from './segment-client.ts';
import { SEGMENT_PROTOCOL } from './segment-protocol.ts';
import { serveSegments } from './segment-server.ts';
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
  /** Told a second, different contribution that its member signed for a round that one is known of. */
  onEquivocation(second: Announcement): void;
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
  /** Gets blobs and hands each to `keep` once its digest is checked, see {@link obtainBlobs}. */
  obtain(orders: readonly Order[], keep: ObtainDeps['keep'], signal: AbortSignal): Promise<ReadonlySet<Hex>>;
  /** Asks every connected member for the records of a round, and takes in what is new. */
  catchUp(round: number): Promise<void>;
  /** See {@link MemberConnections}. */
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
  let started: { node: Node; connections: MemberConnections } | null = null;

  const running = (): { node: Node; connections: MemberConnections } => {
    if (started === null) throw new Error('the network has not been started');
    return started;
  };

  const receiveContribution = (bytes: Uint8Array): Verdict => {
    const { verdict, announcement, equivocation } = validateContribution(bytes, deps.context);
    if (equivocation !== undefined) deps.onEquivocation(equivocation);
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

  const handle = async (node: Node, protocol: string, serve: (stream: Stream) => Promise<void>): Promise<void> => {
    const limits = { maxInboundStreams: LIMITS.streamsPerProtocol, maxOutboundStreams: LIMITS.streamsPerProtocol };
    const handler = (stream: Stream): void => {
      serve(stream).catch((error: unknown) => {
        deps.logger.debug('gossip.stream-failed', { protocol, error: messageOf(error) });
        stream.abort(error instanceof Error ? error : new Error(String(error)));
      });
    };
    await node.handle(protocol, handler, limits);
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

  const publish = async (topic: string, bytes: Uint8Array): Promise<void> => {
    const { recipients } = await running().node.services.pubsub.publish(topic, bytes);
    traffic.bytesOut += bytes.length * recipients.length;
  };

  return {
    async start() {
      const isMember = (account: Hex): boolean => deps.members().has(account);
      const node = await createNode({ ...options, topics: [contributionTopic, valuationTopic], isMember });
      const connections = watchMemberConnections({ ...deps, node }, options.bootstrap);
      started = { node, connections };
      await handle(node, SEGMENT_PROTOCOL, (stream) => serveSegments(stream, countedBlobs));
      await handle(node, RECORD_PROTOCOL, (stream) => serveRecords(stream, deps.recordsOf));
      await handle(node, ADDRESS_PROTOCOL, async (stream) => serveAddresses(stream, await connections.envelopes()));
      const { pubsub } = node.services;
      pubsub.topicValidators.set(contributionTopic, (peer, { data }) => judge(peer, data, receiveContribution));
      pubsub.topicValidators.set(valuationTopic, (peer, { data }) => judge(peer, data, receiveReveal));
      await node.start();
      pubsub.subscribe(contributionTopic);
      pubsub.subscribe(valuationTopic);
    },
    async stop() {
      const stopping = started;
      started = null;
      await stopping?.node.stop();
    },
    addresses: () => running().node.getMultiaddrs().map(String),
    connectedMembers: () => running().connections.connected(),
    publishContribution: (announcement) => publish(contributionTopic, encodeAnnouncement(announcement)),
    publishReveal: (reveal) => publish(valuationTopic, encodeReveal(reveal)),
    obtain(orders, keep, signal) {
      const onWrongContent = (member: Hex): void => deps.logger.warn('gossip.wrong-content', { member });
      return obtainBlobs({ open: openCounted, onWrongContent, keep }, orders, signal);
    },
    async catchUp(round) {
      const answers = await Promise.allSettled(
        running()
          .connections.each()
          .map((connection) => fetchRecords(connection, round)),
      );
      for (const answer of answers) {
        if (answer.status !== 'fulfilled') continue;
        for (const bytes of answer.value.contributions) receiveContribution(bytes);
        for (const bytes of answer.value.reveals) receiveReveal(bytes);
      }
    },
    maintain: () => running().connections.maintain(),
    traffic: () => ({ ...traffic }),
  };
}
