import { scrypt as nativeScrypt, type ScryptOptions } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { decryptKeystoreJson, encryptKeystoreJson, getBytes, scrypt, Wallet } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import { ConsiliumError, messageOf } from '../base/errors.ts';

/** scrypt cost of new keystores: 128 MiB, about half a second. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 };
/** The highest cost that is worked on: 1 GiB of memory. */
const MAXIMUM_SCRYPT_MEMORY_BYTES = 2 ** 30;

const deriveKey: (password: Uint8Array, salt: Uint8Array, length: number, options: ScryptOptions) => Promise<Buffer> =
  promisify(nativeScrypt);

// The library's own scrypt is JavaScript; the runtime's is several times faster.
scrypt.register((password, salt, ...[N, r, p, length]) =>
  deriveKey(getBytes(password), getBytes(salt), length, { N, r, p, maxmem: 2 * MAXIMUM_SCRYPT_MEMORY_BYTES }),
);

/** Makes a new key and keeps it in an encrypted Ethereum V3 keystore (file mode 0600). @returns the account, lower case */
export async function createKeystore(path: string, password: string): Promise<Hex> {
  const { address, privateKey } = Wallet.createRandom();
  const json = await encryptKeystoreJson({ address, privateKey }, password, { scrypt: SCRYPT });
  await writeFile(path, json, { mode: 0o600, flag: 'wx' });
  return address.toLowerCase() as Hex;
}

/**
 * @returns the private key
 * @throws ConsiliumError `ledger/keystore-unreadable`
 */
export async function openKeystore(path: string, password: string): Promise<Hex> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) throw new Error('others can read it; run chmod 600 on it');
    const json = await readFile(path, 'utf8');
    assertAffordable(json);
    return (await decryptKeystoreJson(json, password)).privateKey as Hex;
  } catch (cause) {
    throw new ConsiliumError('ledger/keystore-unreadable', `keystore ${path}: ${messageOf(cause)}`, { cause });
  }
}

/** Refuses a keystore whose key derivation asks for absurd amounts of memory or time, before any of it is spent. */
function assertAffordable(json: string): void {
  const { crypto, Crypto } = JSON.parse(json);
  const { kdf, kdfparams } = crypto ?? Crypto ?? {};
  const { n = 0, r = 0, p = 0, c = 0 } = kdfparams ?? {};
  const affordable = kdf === 'scrypt' ? 128 * n * r <= MAXIMUM_SCRYPT_MEMORY_BYTES && r * p <= 64 : c <= 10_000_000;
  if (!affordable) throw new Error('its key derivation costs more than this program is ready to spend');
}
