import { createHash } from 'node:crypto';
import { equals } from 'uint8arrays/equals';
import { fromString } from 'uint8arrays/from-string';
import { toString as encodeBytes } from 'uint8arrays/to-string';

/** A 0x-prefixed lower-case hexadecimal string, as Ethereum writes digests and addresses. */
export type Hex = `0x${string}`;

/** 32 zero bytes: "there is none" wherever a digest is expected. */
export const ZERO_DIGEST: Hex = `0x${'00'.repeat(32)}`;

export function toHex(bytes: Uint8Array): Hex {
  return `0x${encodeBytes(bytes, 'base16')}`;
}

/** @throws SyntaxError if `hex` is not an even number of hexadecimal digits after an optional 0x */
export function fromHex(hex: string): Uint8Array {
  return fromString(hex.startsWith('0x') ? hex.slice(2) : hex, 'base16');
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return equals(a, b);
}

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
