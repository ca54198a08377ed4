import type { Connection, Stream } from '@libp2p/interface';
import { ZodError } from 'zod';
import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isConsiliumError, messageOf } from '../base/errors.ts';
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

/**
 * Answers a protocol's streams. A member that opens more of them than its quota, or more at a time than it may, is refused, and what it
 * sends must be readable: otherwise it is an offence. Nothing is thrown at libp2p.
 */
export async function serveProtocol(deps: ServeDeps, { protocol, quota, serve }: ServedProtocol): Promise<void> {
  const opened = createRateLimit(quota);
  const open = new Map<Hex, number>();
  const isWithin = (account: Hex): boolean =>
    (open.get(account) ?? 0) < LIMITS.streamsPerProtocol && opened.take(account, deps.clock.now());
  const answer = async (stream: Stream, account: Hex): Promise<void> => {
    open.set(account, (open.get(account) ?? 0) + 1);
    try {
      await serve(stream);
    } catch (error) {
      deps.logger.debug('gossip.stream-failed', { protocol, error: messageOf(error) });
      if (isUnreadable(error)) deps.offences.note(account, 'wrong-content');
      stream.abort(error instanceof Error ? error : new Error(String(error)));
    } finally {
      const left = (open.get(account) ?? 1) - 1;
      if (left > 0) open.set(account, left);
      else open.delete(account);
    }
  };
  const handler = (stream: Stream, connection: Connection): void => {
    const account = accountOfPeer(connection.remotePeer);
    if (account !== null && isWithin(account)) return void answer(stream, account);
    if (account !== null) deps.offences.note(account, 'flood');
    stream.abort(new Error('too many streams'));
  };
  // The count above is a member's, whatever its connections; libp2p's would refuse without telling anybody.
  const limits = { maxInboundStreams: 2 * LIMITS.streamsPerProtocol, maxOutboundStreams: LIMITS.streamsPerProtocol };
  await deps.node.handle(protocol, handler, { ...limits, runOnLimitedConnection: true });
}

/** What libp2p's reader of length-prefixed frames throws at frames that no honest peer sends. */
const FRAME_ERRORS = new Set(['InvalidDataLengthError', 'InvalidDataLengthLengthError', 'InvalidMessageLengthError']);

/** True for the errors that bytes cause, and not a connection that broke. */
function isUnreadable(error: unknown): boolean {
  if (isConsiliumError(error))
    return ['base/not-canonical', 'gossip/wrong-frame', 'gossip/flooded'].includes(error.code);
  return error instanceof ZodError || (error instanceof Error && FRAME_ERRORS.has(error.name));
}
