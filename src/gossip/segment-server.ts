import type { Stream } from '@libp2p/interface';
import { messageStreamToDuplex } from '@libp2p/utils';
import { decode, encode } from 'it-length-prefixed';
import { pipe } from 'it-pipe';
import { CID } from 'multiformats/cid';
import { Uint8ArrayList } from 'uint8arraylist';
import { digestOfCid } from '../protocol/content-id.ts';
import type { BlobSource } from './blob-source.ts';

/** Request: a CID in a frame. Response: a frame with a status byte and, if it is FOUND, the bytes. Pipelined, in order. */
export const SEGMENT_PROTOCOL = '/consilium/segment/1';
export const STATUS_ABSENT = 0;
export const STATUS_FOUND = 1;
/** A CID with a SHA-256 takes 36 bytes. */
export const MAXIMUM_REQUEST_BYTES = 64;
/** Wants on one stream: bounds what one peer can make this one read from disk for it. */
export const MAXIMUM_WANTS = 4096;
/** Bytes handed to the muxer at once, so that frames of other streams get in between. */
const SLICE_BYTES = 64 * 1024;

/** Serves blobs by CID to one stream until the remote closes it. */
export async function serveSegments(stream: Stream, blobs: BlobSource): Promise<void> {
  const duplex = messageStreamToDuplex(stream);
  await pipe(
    duplex,
    (source) => decode(source, { maxDataLength: MAXIMUM_REQUEST_BYTES }),
    (requests) => answer(requests, blobs),
    (responses) => encode(responses, { maxDataLength: Number.MAX_SAFE_INTEGER }),
    slice,
    duplex,
  );
}

async function* answer(requests: AsyncIterable<Uint8ArrayList>, blobs: BlobSource): AsyncGenerator<Uint8ArrayList> {
  let wants = 0;
  for await (const request of requests) {
    if (++wants > MAXIMUM_WANTS) return;
    const digest = digestOfCid(CID.decode(request.subarray()));
    const bytes = digest === null ? null : await blobs.get(digest);
    yield bytes === null
      ? new Uint8ArrayList(Uint8Array.of(STATUS_ABSENT))
      : new Uint8ArrayList(Uint8Array.of(STATUS_FOUND), bytes);
  }
}

async function* slice(source: AsyncIterable<Uint8Array | Uint8ArrayList>): AsyncGenerator<Uint8Array> {
  for await (const part of source) {
    for (const bytes of part instanceof Uint8Array ? [part] : part) {
      for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
        yield bytes.subarray(start, start + SLICE_BYTES);
      }
    }
  }
}
