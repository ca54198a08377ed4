import type { Connection, Stream } from '@libp2p/interface';
import type { Clock } from '../base/clock.ts';
import { accountOfPeer, type Node } from './create-node.ts';
import { LIMITS } from './limits.ts';
import type { Offences } from './offences.ts';
import { createRateLimit } from './rate-limit.ts';

/** How often open connections are looked over for new gossip streams. */
const LOOK_MILLISECONDS = 250;
const SPAN_MILLISECONDS = 1_000;
/** A member has a connection for control and one for bulk, and makes both again when it restarts: a start takes seconds. */
export const CONNECTION_QUOTA = { burst: 12, perSecond: 0.5 };
const GOSSIP = /^\/(meshsub|floodsub)\//;

export interface FloodWatchDeps {
  readonly node: Node;
  readonly clock: Pick<Clock, 'now'>;
  readonly offences: Offences;
}

/**
 * Notices what gossipsub and libp2p let pass: bytes of gossip without end (each frame is small, and most are thrown away after they were
 * read), and connection after connection. @returns what stops it
 */
export function watchFloods({ node, clock, offences }: FloodWatchDeps): () => void {
  const counted = new WeakSet<Stream>();
  const connections = createRateLimit(CONNECTION_QUOTA);
  const spans = new Map<string, { begun: number; bytes: number }>();

  const count = (connection: Connection, bytes: number): void => {
    const peer = String(connection.remotePeer);
    const now = clock.now();
    const span = spans.get(peer);
    if (span === undefined || now - span.begun > SPAN_MILLISECONDS) spans.set(peer, { begun: now, bytes });
    else span.bytes += bytes;
    const account = accountOfPeer(connection.remotePeer);
    if (account !== null && (spans.get(peer)?.bytes ?? 0) > LIMITS.gossipBytesPerSecond)
      offences.note(account, 'gossip-flood');
  };
  const look = (): void => {
    for (const connection of node.getConnections()) {
      for (const stream of connection.streams) {
        if (counted.has(stream) || !GOSSIP.test(stream.protocol)) continue;
        counted.add(stream);
        stream.addEventListener('message', ({ data }) => count(connection, data.byteLength));
      }
    }
  };
  const onOpen = ({ detail }: CustomEvent<Connection>): void => {
    const account = accountOfPeer(detail.remotePeer);
    if (account !== null && detail.direction === 'inbound' && !connections.take(account, clock.now()))
      offences.note(account, 'flood');
  };
  const onDisconnect = ({ detail }: CustomEvent): void => void spans.delete(String(detail));

  const timer = setInterval(look, LOOK_MILLISECONDS);
  node.addEventListener('connection:open', onOpen);
  node.addEventListener('peer:disconnect', onDisconnect);
  return () => {
    clearInterval(timer);
    node.removeEventListener('connection:open', onOpen);
    node.removeEventListener('peer:disconnect', onDisconnect);
  };
}
