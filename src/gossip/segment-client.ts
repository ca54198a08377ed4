import type { Connection } from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { ConsiliumError } from '../base/errors.ts';
import { segmentCid } from '../protocol/content-id.ts';
import { SEGMENT_PROTOCOL, STATUS_FOUND } from './segment-server.ts';

/** A blob to fetch: its digest, and the most bytes that it may have. */
export interface Want {
  readonly digest: Hex;
  readonly maximumBytes: number;
}

/** How long a provider may stay silent within one transfer. */
const SILENCE_MILLISECONDS = 15_000;

/**
 * Fetches blobs from one provider over one stream, in order; each is hashed on arrival.
 * @yields every want with its bytes, or null where the provider does not hold it
 * @throws ConsiliumError `gossip/wrong-content` when the provider sends other bytes than those asked for; any transport error
 */
export async function* fetchBlobs(
  connection: Connection,
  wants: readonly Want[],
  signal: AbortSignal,
): AsyncGenerator<{ want: Want; bytes: Uint8Array | null }> {
  const largest = Math.max(...wants.map((want) => want.maximumBytes));
  const stream = await connection.newStream(SEGMENT_PROTOCOL, { signal });
  const limits = { maxDataLength: largest + 1, maxBufferSize: 2 * largest + 8 * 1024 * 1024 };
  const frames = lpStream(stream, limits);
  try {
    await frames.writeV(wants.map((want) => segmentCid(want.digest).bytes));
    for (const want of wants) {
      const silence = AbortSignal.timeout(SILENCE_MILLISECONDS);
      const frame = (await frames.read({ signal: AbortSignal.any([signal, silence]) })).subarray();
      yield { want, bytes: frame[0] === STATUS_FOUND ? checked(want, frame.subarray(1)) : null };
    }
    await stream.close({ signal });
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

function checked(want: Want, bytes: Uint8Array): Uint8Array {
  if (bytes.length <= want.maximumBytes && toHex(sha256(bytes)) === want.digest) return bytes;
  throw new ConsiliumError('gossip/wrong-content', `a peer sent other bytes than those of ${want.digest}`);
}
