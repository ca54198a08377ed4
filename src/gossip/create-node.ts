import { gossipsub } from '@chainsafe/libp2p-gossipsub';
import { createTopicScoreParams } from '@chainsafe/libp2p-gossipsub/score';
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import { type Identify, identify } from '@libp2p/identify';
import type { ConnectionGater, Libp2p, PeerId } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { tls } from '@libp2p/tls';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';
import { fromHex, type Hex, sha256 } from '../base/bytes.ts';
import { accountOf } from '../protocol/account.ts';
import { LIMITS } from './limits.ts';

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
}

/** The account of an authenticated peer, or null if its key is not a secp256k1 key. */
export function accountOfPeer(peer: PeerId): Hex | null {
  return peer.type === 'secp256k1' ? accountOf(peer.publicKey.raw) : null;
}

/** A libp2p node on which only members get as far as opening a stream. Not started yet. */
export async function createNode(options: NodeOptions): Promise<Node> {
  return createLibp2p({
    privateKey: privateKeyFromRaw(fromHex(options.privateKey)),
    addresses: { listen: [...options.listen] },
    transports: [tcp()],
    connectionEncrypters: [tls(), noise()],
    streamMuxers: [
      yamux({
        maxInboundStreams: 256,
        maxOutboundStreams: 256,
        streamOptions: {
          maxStreamWindowSize: LIMITS.streamWindowBytes,
          maxReadBufferLength: LIMITS.streamWindowBytes,
        },
      }),
    ],
    connectionGater: memberGater(options.isMember),
    connectionManager: {
      maxConnections: LIMITS.maximumConnections,
      inboundConnectionThreshold: LIMITS.inboundConnectionsPerSecond,
      maxIncomingPendingConnections: LIMITS.maximumPendingConnections,
      dialTimeout: LIMITS.dialMilliseconds,
    },
    // The monitor's pings starve behind bulk data on slow links and would cut live transfers.
    connectionMonitor: { abortConnectionOnPingFailure: false },
    services: { identify: identify(), pubsub: gossipsub(gossipOptions(options.topics)) },
  });
}

/** Lets only members through; whoever cannot be judged is refused. */
function memberGater(isMember: (account: Hex) => boolean): ConnectionGater {
  const deny = (peer: PeerId): boolean => {
    const account = accountOfPeer(peer);
    return account === null || !isMember(account);
  };
  return {
    denyDialPeer: deny,
    denyInboundEncryptedConnection: deny,
    denyOutboundEncryptedConnection: deny,
    denyDialMultiaddr: () => false,
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

function gossipOptions(topics: readonly string[]): NonNullable<Parameters<typeof gossipsub>[0]> {
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
    seenTTL: LIMITS.seenMilliseconds,
    maxInboundDataLength: LIMITS.gossipFrameBytes,
    maxOutboundBufferSize: LIMITS.gossipOutboundBufferBytes,
    maxTopicBytesPerPeer: LIMITS.topicBytesPerPeer,
    maxInboundStreams: LIMITS.streamsPerProtocol,
    maxOutboundStreams: LIMITS.streamsPerProtocol,
    // Several members may share one address (loopback, one NAT): that alone is no offence.
    scoreParams: {
      IPColocationFactorWeight: 0,
      topics: Object.fromEntries(topics.map((topic) => [topic, rejectionScore()])),
    },
  };
}
