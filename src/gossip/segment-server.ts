import type { Stream } from '@libp2p/interface';
import { decode } from 'it-length-prefixed';
import { pipe } from 'it-pipe';
import { CID } from 'multiformats/cid';
import * as varint from 'uint8-varint';
import { Uint8ArrayList } from 'uint8arraylist';
import type { Hex } from '../base/bytes.ts';
import { systemClock } from '../base/clock.ts';
import { ConsiliumError } from '../base/errors.ts';
import { digestOfCid } from '../protocol/content-id.ts';
import type { BlobSource } from './blob-source.ts';
import { boundedSource } from './bounded-source.ts';
import { drainStream } from './drain-stream.ts';
import { MAXIMUM_REQUEST_BYTES, MAXIMUM_WANTS, STATUS_ABSENT, STATUS_FOUND } from './segment-protocol.ts';

/** Unread requests that a stream may pile up while an answer is sent; a client that pipelines as ours does stays far below. */
const MAXIMUM_UNREAD_BYTES = 64 * 1024;
/** How long a client may take nothing, or ask for nothing, before its stream is aborted. */
const PATIENCE_MILLISECONDS = 15_000;
const IDLE_MILLISECONDS = 60_000;
/**
 * A slice is what the muxer gets at once, and so the size of its frames, which the receiver sees only whole. Large ones cost less
 * (4 MiB about a fifth less than 64 KiB), small ones keep a slow link lively: it grows while slices go quickly.
 */
const SMALLEST_SLICE_BYTES = 64 * 1024;
const LARGEST_SLICE_BYTES = 4 * 1024 * 1024;
const QUICK_MILLISECONDS = 50;
const SLOW_MILLISECONDS = 200;

/** Serves blobs by CID to one stream until the remote closes it; one blob at a time is in memory. */
export async function serveSegments(stream: Stream, blobs: BlobSource): Promise<void> {
  const send = createSlicer(stream);
  await pipe(
    boundedSource(stream, { maximumBytes: MAXIMUM_UNREAD_BYTES, idleMilliseconds: IDLE_MILLISECONDS }),
    (source) => decode(source, { maxDataLength: MAXIMUM_REQUEST_BYTES }),
    async (requests) => {
      let wants = 0;
      for await (const request of requests) {
        if (++wants > MAXIMUM_WANTS) break;
        await send(await answer(request, blobs));
      }
    },
  );
  await stream.close({ signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) });
}

/** @returns the blob, or null where it is not held @throws ConsiliumError `gossip/wrong-frame` */
async function answer(request: Uint8ArrayList, blobs: BlobSource): Promise<Uint8Array | null> {
  let digest: Hex | null;
  try {
    digest = digestOfCid(CID.decode(request.subarray()));
  } catch (cause) {
    throw new ConsiliumError('gossip/wrong-frame', 'a request that is no CID', { cause });
  }
  return digest === null ? null : blobs.get(digest);
}

/** Sends answers, each in slices of a size that the link's pace decides. */
function createSlicer(stream: Stream): (bytes: Uint8Array | null) => Promise<void> {
  let sliceBytes = SMALLEST_SLICE_BYTES;
  const push = async (bytes: Uint8Array | Uint8ArrayList): Promise<void> => {
    if (!stream.send(bytes)) await drainStream(stream, PATIENCE_MILLISECONDS);
  };
  return async (bytes) => {
    if (bytes === null) return push(Uint8Array.of(1, STATUS_ABSENT));
    const head = Uint8Array.of(...varint.encode(bytes.length + 1), STATUS_FOUND);
    for (let start = 0; start === 0 || start < bytes.length; ) {
      const before = systemClock.now();
      const slice = bytes.subarray(start, start + sliceBytes);
      await push(start === 0 ? new Uint8ArrayList(head, slice) : slice);
      if (slice.length === 0) return;
      start += slice.length;
      const taken = systemClock.now() - before;
      if (taken < QUICK_MILLISECONDS) sliceBytes = Math.min(2 * sliceBytes, LARGEST_SLICE_BYTES);
      if (taken > SLOW_MILLISECONDS) sliceBytes = Math.max(sliceBytes / 2, SMALLEST_SLICE_BYTES);
    }
  };
}
