import { gossipsub } from '@chainsafe/libp2p-gossipsub';
import { createTopicScoreParams } from '@chainsafe/libp2p-gossipsub/score';
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import { type Identify, identify } from '@libp2p/identify';
import type { ConnectionGater, Libp2p, PeerId } from '@libp2p/interface';
import { mdns } from '@libp2p/mdns';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { tls } from '@libp2p/tls';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';
import { fromHex, type Hex, sha256 } from '../base/bytes.ts';
import { accountOf } from '../protocol/account.ts';
import { LIMITS, type Limits } from './limits.ts';

type PubSub = ReturnType<ReturnType<typeof gossipsub>>;

export type Node = Libp2p<{ identify: Identify; pubsub: PubSub }>;

export interface NodeOptions {
  /** The member's secp256k1 key: PeerId and account in one. */
  readonly privateKey: Hex;
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[];
  /** The gossip topics that there are. */
  readonly topics: readonly string[];
  /** True for an account that may connect. */
  readonly isMember: (account: Hex) => boolean;
  /** What is known of a connected member apart from gossip; negative is bad, see {@link forwardingScore}. */
  readonly scoreOf?: (peer: string) => number;
  /** A name under which peers of the same study find each other on a local network; null to stay silent. */
  readonly localName?: string | null;
  /** Relay between members that cannot reach each other. */
  readonly relayServe?: boolean;
  /** Multiaddrs of members that relay for this peer. */
  readonly relayUse?: readonly string[];
}

/** The account of an authenticated peer, or null if its key is not a secp256k1 key. */
export function accountOfPeer(peer: PeerId): Hex | null {
  return peer.type === 'secp256k1' ? accountOf(peer.publicKey.raw) : null;
}

/**
 * A libp2p node on which only members get as far as opening a stream. Not started yet.
 * @param limits other limits than the defaults, for tests
 */
export async function createNode(options: NodeOptions, limits: Limits = LIMITS): Promise<Node> {
  const { relayServe = false, relayUse = [], localName = null } = options;
  const relayed = relayUse.map((address) => `${address}/p2p-circuit`);
  return createLibp2p({
    start: false,
    privateKey: privateKeyFromRaw(fromHex(options.privateKey)),
    addresses: { listen: [...options.listen, ...relayed] },
    // Whoever may be reached over a relay only can be dialled by all: a circuit is just one more transport.
    transports: [tcp(), circuitRelayTransport({ reservationConcurrency: Math.max(1, relayUse.length) })],
    connectionEncrypters: [tls(), noise()],
    streamMuxers: [
      yamux({
        maxInboundStreams: limits.streamsPerConnection,
        maxOutboundStreams: limits.streamsPerConnection,
        streamOptions: {
          maxStreamWindowSize: limits.streamWindowBytes,
          maxReadBufferLength: limits.streamWindowBytes,
        },
      }),
    ],
    connectionGater: memberGater(options.isMember),
    connectionManager: {
      maxConnections: limits.maximumConnections,
      inboundConnectionThreshold: limits.inboundConnectionsPerSecond,
      maxIncomingPendingConnections: limits.maximumPendingConnections,
      inboundUpgradeTimeout: limits.inboundUpgradeMilliseconds,
      dialTimeout: limits.dialMilliseconds,
      maxParallelDials: limits.parallelDials,
      maxDialQueueLength: limits.dialQueueLength,
      maxPeerAddrsToDial: limits.addressesPerPeer,
    },
    // The monitor's pings starve behind bulk data on slow links and would cut live transfers.
    connectionMonitor: { abortConnectionOnPingFailure: false },
    ...(localName === null ? {} : { peerDiscovery: [mdns({ serviceTag: localName, interval: MDNS_MILLISECONDS })] }),
    services: {
      identify: identify({ maxMessageSize: limits.identifyBytes, timeout: limits.identifyMilliseconds }),
      pubsub: gossipsub(gossipOptions(options, limits)),
      ...(relayServe ? { relay: circuitRelayServer(relayOptions(limits)) } : {}),
    },
  });
}

/** How often a peer asks the local network who is there. */
const MDNS_MILLISECONDS = 10_000;

/** A relay carries whole models between members; libp2p's defaults are meant for a few words between strangers. */
function relayOptions(limits: Limits): NonNullable<Parameters<typeof circuitRelayServer>[0]> {
  return {
    maxInboundHopStreams: limits.streamsPerProtocol,
    maxOutboundHopStreams: limits.streamsPerProtocol,
    maxOutboundStopStreams: limits.streamsPerProtocol,
    reservations: {
      maxReservations: limits.relayReservations,
      applyDefaultLimit: true,
      defaultDataLimit: BigInt(limits.relayBytes),
      defaultDurationLimit: limits.relayMilliseconds,
    },
  };
}

/** Lets only members through; whoever cannot be judged is refused, and so is everybody while nobody can be. */
function memberGater(isMember: (account: Hex) => boolean): ConnectionGater {
  const deny = (peer: PeerId): boolean => {
    try {
      const account = accountOfPeer(peer);
      return account === null || !isMember(account);
    } catch {
      return true;
    }
  };
  return {
    denyDialPeer: deny,
    denyInboundEncryptedConnection: deny,
    denyOutboundEncryptedConnection: deny,
    denyDialMultiaddr: () => false,
    denyInboundRelayReservation: deny,
    denyOutboundRelayedConnection: (source, destination) => deny(source) || deny(destination),
    denyInboundRelayedConnection: (relay, remote) => deny(relay) || deny(remote),
  };
}

/**
 * Only rejected records count: the third one takes a member below gossipsub's greylist threshold of -80. What else gossipsub can score
 * assumes a steady stream of messages, and would punish members that are quiet because they train.
 */
function rejectionScore(): ReturnType<typeof createTopicScoreParams> {
  return createTopicScoreParams({
    topicWeight: 1,
    timeInMeshWeight: 0,
    firstMessageDeliveriesWeight: 0,
    meshMessageDeliveriesWeight: 0,
    meshFailurePenaltyWeight: 0,
    invalidMessageDeliveriesWeight: -10,
    invalidMessageDeliveriesDecay: 0.99,
  });
}

function gossipOptions(
  { topics, scoreOf }: Pick<NodeOptions, 'topics' | 'scoreOf'>,
  limits: Limits,
): NonNullable<Parameters<typeof gossipsub>[0]> {
  return {
    // Records carry their member's signature; a second one by the transport's key would say nothing more.
    globalSignaturePolicy: 'StrictNoSign',
    msgIdFn: (message) => sha256(fromString(message.topic), concat([Uint8Array.of(0), message.data])),
    allowedTopics: [...topics],
    emitSelf: false,
    // Records are small and members few: everybody hears at once.
    floodPublish: true,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    doPX: false,
    seenTTL: limits.seenMilliseconds,
    // With up to seven members everybody is everybody's neighbour.
    D: 6,
    Dlo: 4,
    Dhi: 12,
    heartbeatInterval: HEARTBEAT_MILLISECONDS,
    maxInboundDataLength: limits.gossipFrameBytes,
    maxOutboundBufferSize: limits.gossipOutboundBufferBytes,
    maxTopicBytesPerPeer: limits.topicBytesPerPeer,
    maxInboundStreams: limits.streamsPerProtocol,
    maxOutboundStreams: limits.streamsPerProtocol,
    runOnLimitedConnection: true,
    decodeRpcLimits: {
      maxSubscriptions: limits.gossipSubscriptions,
      maxMessages: limits.gossipMessages,
      maxIhaveMessageIDs: limits.gossipMessageIds,
      maxIwantMessageIDs: limits.gossipMessageIds,
      maxIdontwantMessageIDs: limits.gossipMessageIds,
      maxControlMessages: limits.gossipControlMessages,
      maxPeerInfos: limits.gossipPeerInfos,
    },
    // Several members may share one address (loopback, one NAT, one relay): that alone is no offence.
    scoreParams: {
      IPColocationFactorWeight: 0,
      appSpecificWeight: 1,
      ...(scoreOf === undefined ? {} : { appSpecificScore: scoreOf }),
      topics: Object.fromEntries(topics.map((topic) => [topic, rejectionScore()])),
    },
  };
}

const HEARTBEAT_MILLISECONDS = 1_000;
