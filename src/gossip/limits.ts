/**
 * Every limit that the network runs under, with its reason. Sizes are bytes, times milliseconds. A test in
 * test/gossip/limits.test.ts shows of each that it bites.
 */
export const LIMITS = {
  /** Two connections a member (control, bulk) for 64 members, and as many again while they are replaced. */
  maximumConnections: 256,
  /** Members behind one address dial at once when they start; libp2p's five a second would refuse them. */
  inboundConnectionsPerSecond: 64,
  /** Connections whose handshake is not over: it costs milliseconds of arithmetic each. */
  maximumPendingConnections: 64,
  /** A handshake takes a few round trips; whoever is slower than this holds a pending place for nothing. */
  inboundUpgradeMilliseconds: 10_000,
  dialMilliseconds: 10_000,
  /** A handshake is arithmetic on one core: more at a time only make all of them slow. */
  parallelDials: 32,
  /** Every member's addresses, waiting to be dialled. */
  dialQueueLength: 256,
  /** A host has a handful of addresses; a peer record with hundreds would have this peer knock at strangers' doors. */
  addressesPerPeer: 16,
  /** Streams of all protocols on one connection, in each direction: far above what members do, far below what hurts. */
  streamsPerConnection: 256,
  /** Streams of one protocol on one connection, in each direction. */
  streamsPerProtocol: 16,
  /** A yamux window of 4 MiB keeps a fast link busy; the read buffer must not be smaller, or paused streams are aborted. */
  streamWindowBytes: 4 * 1024 * 1024,
  /** Identify tells keys, addresses and protocols; a few hundred bytes. */
  identifyBytes: 8 * 1024,
  identifyMilliseconds: 10_000,
  /** Gossip carries announcements only (C1); a frame holds a few of them. */
  gossipFrameBytes: 256 * 1024,
  /** A member that takes nothing is cut off from gossip when so much has piled up for it. */
  gossipOutboundBufferBytes: 8 * 1024 * 1024,
  /** Three topics a study. */
  topicBytesPerPeer: 64 * 1024,
  /** In one frame of gossip: topics, announcements, and what gossipsub says about messages that it has or wants. */
  gossipSubscriptions: 16,
  gossipMessages: 64,
  gossipMessageIds: 1024,
  gossipControlMessages: 64,
  /** There is no peer exchange. */
  gossipPeerInfos: 0,
  /** A round takes minutes: what was seen must be remembered for longer than that. */
  seenMilliseconds: 10 * 60_000,
  /** Gossip from one member within a second: every member's largest announcement and as much again. */
  gossipBytesPerSecond: 8 * 1024 * 1024,
  /** A relayed connection between two members, while a relay's own limits for strangers (128 KiB, 2 minutes) would end a segment. */
  relayBytes: 2 ** 40,
  relayMilliseconds: 24 * 60 * 60_000,
  /** Members that one relay holds a place for. */
  relayReservations: 64,
} as const satisfies Readonly<Record<string, number>>;

export type Limits = { readonly [K in keyof typeof LIMITS]: number };
