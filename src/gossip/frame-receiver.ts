import { createHash, type Hash } from 'node:crypto';
import { type Hex, toHex } from '../base/bytes.ts';
import { ConsiliumError } from '../base/errors.ts';
import { STATUS_ABSENT, STATUS_FOUND } from './segment-protocol.ts';

/** A blob to fetch: its digest, and the most bytes that it may have. */
export interface Want {
  readonly digest: Hex;
  readonly maximumBytes: number;
}

/** Puts the answers to wants together, in the order of the wants, as their bytes come in. */
export interface FrameReceiver {
  /** The next answer that is not spoken for is this want's. */
  expect(want: Want): void;
  /** Takes received bytes. @throws ConsiliumError `gossip/wrong-content`, `gossip/wrong-frame`, `gossip/too-long` */
  take(chunk: Uint8Array): void;
}

/** A length takes at most five bytes up to 32 GiB, far above any segment. */
const MAXIMUM_LENGTH_BYTES = 5;

/**
 * Nothing is allocated before the announced length was held against the want's; each chunk is hashed while it is hot, and copied once,
 * into the blob that is handed over.
 * @param onAnswer told each want with its bytes, which begin a buffer of their own, or null where the provider does not hold it
 */
export function createFrameReceiver(onAnswer: (want: Want, bytes: Uint8Array | null) => void): FrameReceiver {
  const wants: Want[] = [];
  let header: number[] = [];
  let blob: { bytes: Uint8Array; filled: number; hash: Hash } | null = null;

  const finish = (bytes: Uint8Array | null): void => {
    const want = wants.shift();
    blob = null;
    header = [];
    if (want !== undefined) onAnswer(want, bytes);
  };

  /** Takes one byte of a frame's head: its length, then its status. */
  const takeHead = (byte: number): void => {
    const [want] = wants;
    if (want === undefined) throw wrongFrame('an answer that nothing was asked for');
    const lengthIsOver = header.length > 0 && (header.at(-1) ?? 0) < 0x80;
    header.push(byte);
    if (!lengthIsOver) {
      if (header.length > MAXIMUM_LENGTH_BYTES) throw wrongFrame('a length of too many bytes');
      if (byte < 0x80 && decodeLength(header) > want.maximumBytes + 1) {
        throw new ConsiliumError(
          'gossip/too-long',
          `a blob of ${decodeLength(header)} bytes where at most ${want.maximumBytes} were asked for`,
        );
      }
      if (byte < 0x80 && decodeLength(header) === 0) throw wrongFrame('an empty frame');
      return;
    }
    const size = decodeLength(header.slice(0, -1)) - 1;
    if (byte === STATUS_ABSENT && size === 0) return finish(null);
    if (byte !== STATUS_FOUND) throw wrongFrame(`status ${byte}`);
    // Not cleared first: it is handed over only when every byte was written.
    blob = { bytes: new Uint8Array(Buffer.allocUnsafeSlow(size).buffer), filled: 0, hash: createHash('sha256') };
    if (size === 0) check(want, blob.hash);
    if (size === 0) finish(blob.bytes);
  };

  /** Takes bytes of the blob. @returns how many */
  const takeBody = (into: NonNullable<typeof blob>, chunk: Uint8Array): number => {
    const part = chunk.subarray(0, into.bytes.length - into.filled);
    into.hash.update(part);
    into.bytes.set(part, into.filled);
    into.filled += part.length;
    if (into.filled === into.bytes.length) {
      check(wants[0], into.hash);
      finish(into.bytes);
    }
    return part.length;
  };

  return {
    expect: (want) => void wants.push(want),
    take(chunk) {
      for (let start = 0; start < chunk.length; ) {
        if (blob === null) takeHead(chunk[start++] ?? 0);
        else start += takeBody(blob, start === 0 ? chunk : chunk.subarray(start));
      }
    },
  };
}

function decodeLength(bytes: readonly number[]): number {
  return bytes.reduceRight((length, byte) => length * 0x80 + (byte & 0x7f), 0);
}

function check(want: Want | undefined, hash: Hash): void {
  if (want === undefined || toHex(hash.digest()) !== want.digest)
    throw wrongContent(`other bytes than those of ${want?.digest}`);
}

function wrongContent(what: string): ConsiliumError {
  return new ConsiliumError('gossip/wrong-content', `a peer sent ${what}`);
}

function wrongFrame(what: string): ConsiliumError {
  return new ConsiliumError('gossip/wrong-frame', `a peer sent ${what}`);
}
