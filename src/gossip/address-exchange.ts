import type { Connection, PeerId, Stream } from '@libp2p/interface';
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record';
import { lpStream } from '@libp2p/utils';

/** Members tell each other where the members are: each address list is a peer record signed by the peer that it is about. */
export const ADDRESS_PROTOCOL = '/consilium/addresses/1';

const MAXIMUM_RECORD_BYTES = 4096;
const MAXIMUM_RECORDS = 256;
const TIMEOUT_MILLISECONDS = 10_000;

/** Sends signed peer records, then an empty frame. */
export async function serveAddresses(stream: Stream, envelopes: readonly Uint8Array[]): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const frames = lpStream(stream);
  for (const envelope of envelopes.slice(0, MAXIMUM_RECORDS)) await frames.write(envelope, { signal });
  await frames.write(new Uint8Array(0), { signal });
  await stream.close({ signal });
}

/** Fetches signed peer records; the caller's peer store checks their signatures. */
export async function fetchAddresses(connection: Connection): Promise<Uint8Array[]> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const stream = await connection.newStream(ADDRESS_PROTOCOL, { signal, runOnLimitedConnection: true });
  try {
    const frames = lpStream(stream, { maxDataLength: MAXIMUM_RECORD_BYTES });
    const envelopes: Uint8Array[] = [];
    while (envelopes.length < MAXIMUM_RECORDS) {
      const frame = (await frames.read({ signal })).subarray();
      if (frame.length === 0) break;
      envelopes.push(frame.slice());
    }
    await stream.close({ signal });
    return envelopes;
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** Whose addresses a signed peer record lists, or null if it is none or its signature is wrong. */
export async function signerOf(envelope: Uint8Array): Promise<PeerId | null> {
  try {
    const { payload } = await RecordEnvelope.openAndCertify(envelope, PeerRecord.DOMAIN);
    return PeerRecord.createFromProtobuf(payload).peerId;
  } catch {
    return null;
  }
}
