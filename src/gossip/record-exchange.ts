import type { Connection, Stream } from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';
import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { ConsiliumError } from '../base/errors.ts';
import { roundSchema } from '../protocol/wire-types.ts';
import { MAXIMUM_ANNOUNCEMENT_BYTES } from './validate-contribution.ts';

/** Asks a member for the records of one round, for whoever missed their announcement. */
export const RECORD_PROTOCOL = '/consilium/records/1';

const MAXIMUM_REQUEST_BYTES = 64;
/** 64 members, each with a contribution, a reveal and a checkpoint. */
const MAXIMUM_RECORDS = 192;
const TIMEOUT_MILLISECONDS = 10_000;

const requestSchema = z.strictObject({ round: roundSchema });

/** The records of one round in their wire form: contributions of that round, reveals of its valuations, and checkpoints after it. */
export interface RoundRecords {
  readonly contributions: readonly Uint8Array[];
  readonly reveals: readonly Uint8Array[];
  readonly checkpoints: readonly Uint8Array[];
}

/** The first byte of a frame says which list its record is of. */
const KINDS = ['contributions', 'reveals', 'checkpoints'] as const satisfies readonly (keyof RoundRecords)[];

/** @throws ConsiliumError `base/not-canonical`, or a ZodError */
export function parseRecordRequest(bytes: Uint8Array): number {
  return requestSchema.parse(decodeCanonical(bytes)).round;
}

/** Serves one request. */
export async function serveRecords(stream: Stream, recordsOf: (round: number) => RoundRecords): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const frames = lpStream(stream, { maxDataLength: MAXIMUM_REQUEST_BYTES });
  const records = recordsOf(parseRecordRequest((await frames.read({ signal })).subarray()));
  for (const [tag, kind] of KINDS.entries()) {
    for (const bytes of records[kind]) await frames.write(tagged(tag, bytes), { signal });
  }
  await frames.write(new Uint8Array(0), { signal });
  await stream.close({ signal });
}

function tagged(tag: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(bytes.length + 1);
  frame[0] = tag;
  frame.set(bytes, 1);
  return frame;
}

/** Fetches what the member at the other end knows of a round; the caller validates every record. */
export async function fetchRecords(connection: Connection, round: number): Promise<RoundRecords> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const stream = await connection.newStream(RECORD_PROTOCOL, { signal, runOnLimitedConnection: true });
  try {
    const frames = lpStream(stream, { maxDataLength: MAXIMUM_ANNOUNCEMENT_BYTES + 1 });
    await frames.write(encodeCanonical({ round }), { signal });
    const records: Record<keyof RoundRecords, Uint8Array[]> = { contributions: [], reveals: [], checkpoints: [] };
    for (let count = 0; count < MAXIMUM_RECORDS; count++) {
      const frame = (await frames.read({ signal })).subarray();
      if (frame.length === 0) break;
      const kind = KINDS[frame[0] ?? KINDS.length];
      if (kind === undefined)
        throw new ConsiliumError('gossip/wrong-frame', `a peer sent a record of kind ${frame[0]}`);
      records[kind].push(frame.slice(1));
    }
    await stream.close({ signal });
    return records;
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}
