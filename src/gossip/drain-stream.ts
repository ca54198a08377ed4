import type { Stream } from '@libp2p/interface';
import { ConsiliumError } from '../base/errors.ts';

/**
 * Resolves when everything that was given to the stream has gone to the transport and the transport takes more.
 * (`stream.onDrain()` of libp2p 3.3 resolves at once from its second use on, and one `drain` event may leave bytes unsent.)
 * @param patienceMilliseconds how long the remote may take nothing at all
 * @throws ConsiliumError `gossip/stalled` when it took nothing for that long, `gossip/broken` when the stream ended
 */
export async function drainStream(stream: Stream, patienceMilliseconds: number): Promise<void> {
  while (stream.writeBufferLength > 0 || stream.writableNeedsDrain) await nextDrain(stream, patienceMilliseconds);
}

function nextDrain(stream: Stream, patienceMilliseconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      stream.removeEventListener('drain', onDrain);
      stream.removeEventListener('close', onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onDrain = (): void => settle();
    const onClose = (): void => settle(broken());
    const timer = setTimeout(
      () => settle(new ConsiliumError('gossip/stalled', `the remote took nothing for ${patienceMilliseconds} ms`)),
      patienceMilliseconds,
    );
    stream.addEventListener('drain', onDrain);
    stream.addEventListener('close', onClose);
    if (stream.status !== 'open') settle(broken());
  });
}

function broken(): ConsiliumError {
  return new ConsiliumError('gossip/broken', 'the stream ended before everything was sent');
}
