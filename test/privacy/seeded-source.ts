import { createCipheriv, createHash } from 'node:crypto';
import { createSecureRandom, type SecureRandom } from '../../src/base/secure-random.ts';

/** The product's own source of integers over a keystream that is the same in every run, so that its distribution can be shown. */
export function createSeededSource(seed: string | number): SecureRandom {
  const key = createHash('sha256').update(String(seed)).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return createSecureRandom((words) => {
    words.set(new Uint32Array(new Uint8Array(cipher.update(new Uint8Array(words.byteLength))).buffer));
  });
}
