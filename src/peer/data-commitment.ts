import { createHash, createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fromHex, type Hex, toHex } from '../base/bytes.ts';

/**
 * A keyed commitment to a member's data: HMAC-SHA256 over the digests of its files. Without the key nobody can tell which
 * data it stands for, not even by trying; destroying the key erases it.
 */
export async function commitToData(key: Hex, paths: readonly string[]): Promise<Hex> {
  const hmac = createHmac('sha256', fromHex(key)).update('consilium/data/1\0');
  for (const path of paths)
    hmac.update(
      createHash('sha256')
        .update(await readFile(path))
        .digest(),
    );
  return toHex(new Uint8Array(hmac.digest()));
}
