import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** What code for both sides asks of `node:crypto`; in the browser's bundle this file stands in its place. */
export function createHash(algorithm: 'sha256'): {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
  digest(encoding: 'hex'): string;
} {
  if (algorithm !== 'sha256') throw new Error(`there is no ${String(algorithm)} here`);
  const hash = sha256.create();
  function digest(): Uint8Array;
  function digest(encoding: 'hex'): string;
  function digest(encoding?: 'hex'): Uint8Array | string {
    const bytes = hash.digest();
    return encoding === undefined ? bytes : bytesToHex(bytes);
  }
  return { update: (bytes) => hash.update(bytes), digest };
}
