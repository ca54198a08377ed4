import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { readPrivateFile, unreadable } from './private-file.ts';
import { PSEUDONYM_KEY_BYTES } from './pseudonyms.ts';

const patientSchema = z.strictObject({
  pseudonym: z.string(),
  patientId: z.string(),
  patientName: z.string(),
  birthDate: z.string(),
  /** Where each file came from, and what it was written as. */
  files: z.array(z.strictObject({ from: z.string(), to: z.string() })),
});

const tableSchema = z.strictObject({
  type: z.literal('consilium/pseudonyms/1'),
  /** Hexadecimal; whoever has it can re-make every pseudonym. */
  key: z.string().length(2 * PSEUDONYM_KEY_BYTES),
  patients: z.array(patientSchema),
});

/** Who stands behind the pseudonyms, and the key that they are made with. */
export type LookupTable = z.infer<typeof tableSchema>;

const MAGIC = Buffer.from('consilium/lookup/1\n');
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const HEAD_BYTES = MAGIC.length + SALT_BYTES + NONCE_BYTES + TAG_BYTES;
/** 128 MiB and about half a second a try, as for keystores. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };

const derive: (password: string, salt: Uint8Array, length: number, options: ScryptOptions) => Promise<Buffer> =
  promisify(scrypt);

/** A table and where it is kept. */
export interface Lookup {
  readonly table: LookupTable;
  /** True if there was no file yet. */
  readonly isNew: boolean;
  /** Writes it, for its owner only (mode 0600), in the place of the older file in one step. */
  save(): Promise<void>;
}

/**
 * Opens a look-up table, or begins one with a new key where there is no file. It is encrypted with AES-256-GCM under a key
 * that scrypt derives from the password.
 * @throws DataError `data/lookup-unreadable` if others can read it, it is damaged, or the password is another one
 */
export async function openLookup(path: string, password: string): Promise<Lookup> {
  const bytes = await readPrivateFile(path);
  if (bytes !== undefined && !isLookup(bytes)) throw unreadable(path, 'is no look-up table', 'check the path');
  const salt = bytes?.subarray(MAGIC.length, MAGIC.length + SALT_BYTES) ?? randomBytes(SALT_BYTES);
  const key = await derive(password.normalize('NFKC'), salt, KEY_BYTES, SCRYPT);
  const table = bytes === undefined ? newTable() : opened(bytes, key);
  if (table === undefined)
    throw unreadable(path, 'cannot be opened with this password, or is damaged', 'check the password');
  return {
    table,
    isNew: bytes === undefined,
    save: () => replaceFile(path, Buffer.concat([MAGIC, salt, sealed(table, key)])),
  };
}

function newTable(): LookupTable {
  return { type: 'consilium/pseudonyms/1', key: randomBytes(PSEUDONYM_KEY_BYTES).toString('hex'), patients: [] };
}

function isLookup(bytes: Buffer): boolean {
  return bytes.length >= HEAD_BYTES && bytes.subarray(0, MAGIC.length).equals(MAGIC);
}

function sealed(table: LookupTable, key: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(MAGIC);
  const text = Buffer.concat([cipher.update(JSON.stringify(table), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** Undefined if it does not open; what was thrown may quote what was read, and is dropped. */
function opened(bytes: Buffer, key: Uint8Array): LookupTable | undefined {
  const nonceStart = MAGIC.length + SALT_BYTES;
  const tagStart = nonceStart + NONCE_BYTES;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(nonceStart, tagStart)).setAAD(MAGIC);
    decipher.setAuthTag(bytes.subarray(tagStart, HEAD_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8');
    return tableSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
