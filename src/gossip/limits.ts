/** Every limit that the network runs under, with its reason. Sizes are bytes, times milliseconds. */
export const LIMITS = {
  /** Two connections a member (control, bulk) for 64 members, and as many again while they are replaced. */
  maximumConnections: 256,
  /** Members behind one address dial at once when they start; libp2p's five a second would refuse them. */
  inboundConnectionsPerSecond: 64,
  maximumPendingConnections: 64,
  /** A yamux window of 4 MiB keeps a fast link busy; the read buffer must not be smaller, or paused streams are aborted. */
  streamWindowBytes: 4 * 1024 * 1024,
  /** Gossip carries announcements only (C1); a frame holds a few of them. */
  gossipFrameBytes: 256 * 1024,
  gossipOutboundBufferBytes: 8 * 1024 * 1024,
  /** Two topics a study. */
  topicBytesPerPeer: 64 * 1024,
  streamsPerProtocol: 16,
  dialMilliseconds: 10_000,
  /** A round takes minutes: what was seen must be remembered for longer than that. */
  seenMilliseconds: 10 * 60_000,
} as const;
