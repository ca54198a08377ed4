import { createHash } from 'node:crypto';
import { type CborValue, decodeCbor } from './cbor.ts';

/** The blocks of a bundle by the SHA-256 that they really have, in hexadecimal, and the root's. Small files only. */
export interface Car {
  readonly root: string;
  readonly blocks: ReadonlyMap<string, Buffer>;
}

const CID = { version: 1, sha256: 0x12, digestBytes: 32, bytes: 36 } as const;

/** @throws Error if the framing is wrong, or a block has not the digest in its name */
export function readCar(file: Buffer): Car {
  const header = readFrame(file, 0);
  const { roots, version } = decodeCbor(file.subarray(header.start, header.end)) as { [key: string]: CborValue };
  const [cid] = roots as Uint8Array[];
  if (version !== 1 || cid === undefined) throw new Error('no CARv1 header');
  const blocks = new Map<string, Buffer>();
  for (let at = header.end; at < file.length; ) {
    const frame = readFrame(file, at);
    const name = digestIn(file.subarray(frame.start, frame.start + CID.bytes));
    const bytes = file.subarray(frame.start + CID.bytes, frame.end);
    if (createHash('sha256').update(bytes).digest('hex') !== name)
      throw new Error(`block ${name} at byte ${at} has other bytes`);
    if (blocks.has(name)) throw new Error(`block ${name} is there twice`);
    blocks.set(name, bytes);
    at = frame.end;
  }
  return { root: digestIn(cid), blocks };
}

function readFrame(file: Buffer, at: number): { start: number; end: number } {
  let [length, place, start] = [0, 1, at];
  for (;;) {
    const byte = file[start];
    if (byte === undefined) throw new Error(`the file ends in a length, at byte ${start}`);
    start += 1;
    length += (byte & 0x7f) * place;
    if (byte < 0x80) break;
    place *= 128;
  }
  if (length === 0 || start + length > file.length) throw new Error(`a length at byte ${at} leads beyond the end`);
  return { start, end: start + length };
}

function digestIn(cid: Uint8Array): string {
  const [version, codec, hash, size] = cid;
  const isKnown = version === CID.version && (codec === 0x55 || codec === 0x71) && hash === CID.sha256;
  if (!isKnown || size !== CID.digestBytes || cid.length !== CID.bytes) throw new Error('a name is none of a block');
  return Buffer.from(cid.subarray(4)).toString('hex');
}
