import { createDecipheriv, scrypt as nativeScrypt, pbkdf2, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { constants } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { encryptKeystoreJson, getBytes, keccak256, scrypt, Wallet } from 'ethers';
import { type Hex, toHex } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import { accountOf } from '../protocol/account.ts';
import { type Keystore, KeystoreError, MAXIMUM_SCRYPT_MEMORY_BYTES, parseKeystore } from './keystore-file.ts';

/** scrypt cost of new keystores: 128 MiB, about half a second. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 };
/** A keystore has about 500 bytes; what is much larger is something else. */
const MAXIMUM_FILE_BYTES = 64 * 1024;
const KEY_BYTES = 32;

const deriveByScrypt: (
  password: Uint8Array,
  salt: Uint8Array,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer> = promisify(nativeScrypt);
const deriveByPbkdf2 = promisify(pbkdf2);

/** Node refuses scrypt above 32 MiB unless it is told otherwise, and counts a little more than 128 · N · r. */
const maxmem = 2 * MAXIMUM_SCRYPT_MEMORY_BYTES;

// The library's own scrypt is JavaScript; the runtime's is several times faster.
scrypt.register((password, salt, ...[N, r, p, length]) =>
  deriveByScrypt(getBytes(password), getBytes(salt), length, { N, r, p, maxmem }),
);

/**
 * Makes a new key and keeps it in an encrypted Ethereum V3 keystore (file mode 0600).
 * @returns the account, lower case
 * @throws KeystoreError with problem `password` if it is not well-formed Unicode
 */
export async function createKeystore(path: string, password: string): Promise<Hex> {
  if (!password.isWellFormed()) throw new KeystoreError('password', 'the password is not well-formed Unicode');
  const { address, privateKey } = Wallet.createRandom();
  const json = await encryptKeystoreJson({ address, privateKey }, password, { scrypt: SCRYPT });
  await writeFile(path, json, { mode: 0o600, flag: 'wx' });
  return address.toLowerCase() as Hex;
}

/**
 * Opens an Ethereum V3 keystore. Everything that can be checked is checked before the password is worked on.
 * @param password as it is; it is normalised here (NFKC), but a file's trailing line break is the caller's to strip
 * @returns the private key
 * @throws KeystoreError `ledger/keystore-unreadable`
 */
export async function openKeystore(path: string, password: string): Promise<Hex> {
  try {
    return await decrypt(parseKeystore(await readPrivateFile(path)), password);
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error;
    throw new KeystoreError(error.problem, `keystore ${path}: ${error.message}`, error.cause);
  }
}

/** Looks at the file that it reads, not at one that had the name a moment before. */
async function readPrivateFile(path: string): Promise<string> {
  // Without O_NONBLOCK the opening of a named pipe would wait for somebody to write.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(cannotOpen);
  try {
    const { mode, size } = await file.stat().catch(cannotOpen);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw new KeystoreError('file', 'it is not a file');
    if ((mode & 0o077) !== 0) throw new KeystoreError('permissions', 'others can read it; run chmod 600 on it');
    if (size > MAXIMUM_FILE_BYTES) throw new KeystoreError('file', `it has ${size} bytes; that is no keystore`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0).catch(cannotOpen);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function cannotOpen(cause: unknown): never {
  const isLink = (cause as NodeJS.ErrnoException).code === 'ELOOP';
  const why = isLink ? 'it is a symbolic link; name the file itself' : messageOf(cause);
  throw new KeystoreError('file', why, cause);
}

async function decrypt({ crypto, address }: Keystore, password: string): Promise<Hex> {
  const key = await deriveKey(crypto, password);
  const mac = getBytes(keccak256(Buffer.concat([key.subarray(16, 32), crypto.ciphertext])));
  // A wrong password and a damaged file look the same, and whoever guesses is to learn nothing more.
  if (!password.isWellFormed() || !timingSafeEqual(mac, crypto.mac))
    throw new KeystoreError('password', 'the password is wrong, or the file is damaged');
  const decipher = createDecipheriv('aes-128-ctr', key.subarray(0, 16), crypto.cipherparams.iv);
  const privateKey = Buffer.concat([decipher.update(crypto.ciphertext), decipher.final()]);
  const account = accountOfKey(privateKey);
  if (address !== undefined && toHex(address) !== account)
    throw new KeystoreError('format', `it says that it holds ${toHex(address)}, but it holds the key of ${account}`);
  return toHex(privateKey);
}

function deriveKey({ kdf, kdfparams }: Keystore['crypto'], password: string): Promise<Buffer> {
  const secret = Buffer.from(password.normalize('NFKC'));
  if (kdf === 'pbkdf2') return deriveByPbkdf2(secret, kdfparams.salt, kdfparams.c, KEY_BYTES, 'sha256');
  const { n: N, r, p, salt } = kdfparams;
  return deriveByScrypt(secret, salt, KEY_BYTES, { N, r, p, maxmem });
}

function accountOfKey(privateKey: Uint8Array): Hex {
  try {
    return accountOf(privateKey);
  } catch {
    throw new KeystoreError('format', 'what it holds is not the private key of an account; restore it from a copy');
  }
}
