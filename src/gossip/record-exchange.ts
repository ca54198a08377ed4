import type { Connection, Stream } from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';
import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { roundSchema } from '../protocol/wire-types.ts';
import { MAXIMUM_ANNOUNCEMENT_BYTES } from './validate-contribution.ts';

/** Asks a member for the records of one round, for whoever missed their announcement. */
export const RECORD_PROTOCOL = '/consilium/records/1';

const MAXIMUM_REQUEST_BYTES = 64;
/** 64 members, each with a contribution and a reveal. */
const MAXIMUM_RECORDS = 128;
const TIMEOUT_MILLISECONDS = 10_000;

const requestSchema = z.strictObject({ round: roundSchema });

/** The records of one round in their wire form: contributions of that round, and reveals of its valuations. */
export interface RoundRecords {
  readonly contributions: readonly Uint8Array[];
  readonly reveals: readonly Uint8Array[];
}

const CONTRIBUTION = 0;
const REVEAL = 1;

/** Serves one request. */
export async function serveRecords(stream: Stream, recordsOf: (round: number) => RoundRecords): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const frames = lpStream(stream, { maxDataLength: MAXIMUM_REQUEST_BYTES });
  const request = requestSchema.parse(decodeCanonical((await frames.read({ signal })).subarray()));
  const { contributions, reveals } = recordsOf(request.round);
  for (const bytes of contributions) await frames.write(tagged(CONTRIBUTION, bytes), { signal });
  for (const bytes of reveals) await frames.write(tagged(REVEAL, bytes), { signal });
  await frames.write(new Uint8Array(0), { signal });
  await stream.close({ signal });
}

function tagged(kind: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(bytes.length + 1);
  frame[0] = kind;
  frame.set(bytes, 1);
  return frame;
}

/** Fetches what the member at the other end knows of a round; the caller validates every record. */
export async function fetchRecords(connection: Connection, round: number): Promise<RoundRecords> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const stream = await connection.newStream(RECORD_PROTOCOL, { signal });
  try {
    const frames = lpStream(stream, { maxDataLength: MAXIMUM_ANNOUNCEMENT_BYTES + 1 });
    await frames.write(encodeCanonical({ round }), { signal });
    const contributions: Uint8Array[] = [];
    const reveals: Uint8Array[] = [];
    while (contributions.length + reveals.length < MAXIMUM_RECORDS) {
      const frame = (await frames.read({ signal })).subarray();
      if (frame.length === 0) break;
      (frame[0] === CONTRIBUTION ? contributions : reveals).push(frame.slice(1));
    }
    await stream.close({ signal });
    return { contributions, reveals };
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}
