import type { Connection, Stream } from '@libp2p/interface';
import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { accountOfPeer, type Node } from './create-node.ts';
import { LIMITS } from './limits.ts';
import type { Offences } from './offences.ts';
import { createRateLimit, type Quota } from './rate-limit.ts';

export interface ServedProtocol {
  readonly protocol: string;
  /** Streams that one member may open. */
  readonly quota: Quota;
  serve(stream: Stream): Promise<void>;
}

export interface ServeDeps {
  readonly node: Node;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  readonly offences: Offences;
}

/** Answers a protocol's streams. A member that opens more than its quota is refused, and that is an offence; nothing is thrown at libp2p. */
export async function serveProtocol(deps: ServeDeps, { protocol, quota, serve }: ServedProtocol): Promise<void> {
  const opened = createRateLimit(quota);
  const refuse = (stream: Stream, account: Hex | null): void => {
    if (account !== null) deps.offences.note(account, 'flood');
    stream.abort(new Error('too many streams'));
  };
  const handler = (stream: Stream, connection: Connection): void => {
    const account = accountOfPeer(connection.remotePeer);
    if (account === null || !opened.take(account, deps.clock.now())) return refuse(stream, account);
    serve(stream).catch((error: unknown) => {
      deps.logger.debug('gossip.stream-failed', { protocol, error: messageOf(error) });
      stream.abort(error instanceof Error ? error : new Error(String(error)));
    });
  };
  const { streamsPerProtocol } = LIMITS;
  await deps.node.handle(protocol, handler, {
    maxInboundStreams: streamsPerProtocol,
    maxOutboundStreams: streamsPerProtocol,
    runOnLimitedConnection: true,
  });
}
