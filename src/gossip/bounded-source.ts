import type { Stream, StreamMessageEvent } from '@libp2p/interface';
import type { Uint8ArrayList } from 'uint8arraylist';
import { ConsiliumError } from '../base/errors.ts';

export interface SourceBounds {
  /** Bytes that may wait to be read; beyond it the stream is aborted. */
  readonly maximumBytes: number;
  /** How long the remote may stay silent while it is waited for. */
  readonly idleMilliseconds: number;
}

/**
 * What a stream receives, in chunks, until the remote closes its end. (libp2p's own iterator queues without bound what is not read.)
 * @throws ConsiliumError `gossip/flooded`, `gossip/idle`; the error that ended the stream
 */
export async function* boundedSource(
  stream: Stream,
  bounds: SourceBounds,
): AsyncGenerator<Uint8Array | Uint8ArrayList> {
  const queue: (Uint8Array | Uint8ArrayList)[] = [];
  let unreadBytes = 0;
  let ended = false;
  let failure: Error | undefined;
  let wake: () => void = () => {};
  const end = (error?: Error): void => {
    failure ??= error;
    ended = true;
    wake();
  };
  const onMessage = ({ data }: StreamMessageEvent): void => {
    queue.push(data);
    unreadBytes += data.byteLength;
    if (unreadBytes > bounds.maximumBytes) {
      end(
        new ConsiliumError('gossip/flooded', `more than ${bounds.maximumBytes} bytes were sent ahead of the answers`),
      );
    }
    wake();
  };
  const onClose = (event: { error?: Error }): void => end(event.error);
  const onRemoteClose = (): void => end();
  stream.addEventListener('message', onMessage);
  stream.addEventListener('close', onClose);
  stream.addEventListener('remoteCloseWrite', onRemoteClose);
  try {
    for (;;) {
      if (failure !== undefined) throw failure;
      const chunk = queue.shift();
      if (chunk !== undefined) {
        unreadBytes -= chunk.byteLength;
        yield chunk;
        continue;
      }
      if (ended) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(
          () => end(new ConsiliumError('gossip/idle', `nothing was asked for ${bounds.idleMilliseconds} ms`)),
          bounds.idleMilliseconds,
        );
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    stream.removeEventListener('message', onMessage);
    stream.removeEventListener('close', onClose);
    stream.removeEventListener('remoteCloseWrite', onRemoteClose);
  }
}
