import type { Connection, Stream, StreamMessageEvent } from '@libp2p/interface';
import * as varint from 'uint8-varint';
import { Uint8ArrayList } from 'uint8arraylist';
import { ConsiliumError } from '../base/errors.ts';
import { segmentCid } from '../protocol/content-id.ts';
import { createFrameReceiver, type Want } from './frame-receiver.ts';
import { SEGMENT_PROTOCOL } from './segment-protocol.ts';

/** A stream to one provider. Requests are pipelined; answers come in their order, each checked against its digest. */
export interface SegmentStream {
  /** Asks for a blob. @throws ConsiliumError `gossip/broken` when the stream has ended */
  request(want: Want): void;
  /**
   * The answer to the oldest request that is open: the bytes, or null where the provider does not hold them.
   * @throws ConsiliumError `gossip/wrong-content`, `gossip/wrong-frame`, `gossip/stalled`, `gossip/broken`; the signal's reason
   */
  receive(): Promise<Uint8Array | null>;
  close(): void;
}

/**
 * In each of these spans a provider that owes bytes has to send at least so many, or finish a blob: 4 KiB a second, less than a
 * sixteenth of a link of 1 Mbit/s.
 */
const PROGRESS_SPAN_MILLISECONDS = 15_000;
const PROGRESS_BYTES = 60 * 1024;
const CLOSE_MILLISECONDS = 5_000;

/** @throws a transport error when the stream cannot be opened; the signal's reason */
export async function openSegmentStream(connection: Connection, signal: AbortSignal): Promise<SegmentStream> {
  const stream = await connection.newStream(SEGMENT_PROTOCOL, { signal, runOnLimitedConnection: true });
  return readSegments(stream, signal);
}

function readSegments(stream: Stream, signal: AbortSignal): SegmentStream {
  const answers: (Uint8Array | null)[] = [];
  let failure: Error | null = null;
  let wake: () => void = () => {};
  let owed = 0;
  let bytesInSpan = 0;
  let answersInSpan = 0;
  let owedBefore = 0;

  const fail = (error: Error): void => {
    if (failure !== null) return;
    failure = error;
    clearInterval(watch);
    signal.removeEventListener('abort', onAbort);
    stream.removeEventListener('message', onMessage);
    stream.removeEventListener('close', onClose);
    stream.removeEventListener('remoteCloseWrite', onEnd);
    stream.abort(error);
    wake();
  };

  const receiver = createFrameReceiver((_want, bytes) => {
    owed -= 1;
    answersInSpan += 1;
    answers.push(bytes);
    wake();
  });

  const onMessage = ({ data }: StreamMessageEvent): void => {
    bytesInSpan += data.byteLength;
    try {
      if (data instanceof Uint8Array) receiver.take(data);
      else for (const chunk of data) receiver.take(chunk);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const onClose = (event: { error?: Error }): void => fail(broken(event.error));
  /** The end of a torn connection can look like a clean one: only what was counted tells. */
  const onEnd = (): void => fail(broken());
  const onAbort = (): void => fail(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  const watch = setInterval(() => {
    if (owed > 0 && owedBefore > 0 && answersInSpan === 0 && bytesInSpan < PROGRESS_BYTES) fail(stalled(bytesInSpan));
    [bytesInSpan, answersInSpan, owedBefore] = [0, 0, owed];
  }, PROGRESS_SPAN_MILLISECONDS);

  stream.addEventListener('message', onMessage);
  stream.addEventListener('close', onClose);
  stream.addEventListener('remoteCloseWrite', onEnd);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  return {
    request(want) {
      if (failure !== null) throw failure;
      owed += 1;
      receiver.expect(want);
      const cid = segmentCid(want.digest).bytes;
      stream.send(new Uint8ArrayList(varint.encode(cid.length), cid));
    },
    async receive() {
      while (answers.length === 0) {
        if (failure !== null) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return answers.shift() ?? null;
    },
    close() {
      if (failure !== null) return;
      clearInterval(watch);
      signal.removeEventListener('abort', onAbort);
      stream.removeEventListener('close', onClose);
      stream.removeEventListener('remoteCloseWrite', onEnd);
      stream.close({ signal: AbortSignal.timeout(CLOSE_MILLISECONDS) }).catch((error: unknown) => {
        stream.abort(error instanceof Error ? error : new Error(String(error)));
      });
    },
  };
}

function broken(cause?: Error): ConsiliumError {
  return new ConsiliumError('gossip/broken', 'the provider ended the stream before it had answered', { cause });
}

function stalled(bytes: number): ConsiliumError {
  const seconds = PROGRESS_SPAN_MILLISECONDS / 1000;
  return new ConsiliumError('gossip/stalled', `the provider sent ${bytes} bytes in ${seconds} seconds`);
}
