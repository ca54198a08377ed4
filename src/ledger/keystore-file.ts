import { z } from 'zod';
import { ConsiliumError, messageOf } from '../base/errors.ts';

/** What is wrong with a keystore: the file, who may read it, what is in it, or the password. */
export type KeystoreProblem = 'file' | 'permissions' | 'format' | 'password';

/** A keystore that cannot be used. Nothing secret is in the message or the details. */
export class KeystoreError extends ConsiliumError<'ledger/keystore-unreadable'> {
  readonly problem: KeystoreProblem;

  constructor(problem: KeystoreProblem, message: string, cause?: unknown) {
    super('ledger/keystore-unreadable', message, { details: { problem }, cause });
    this.problem = problem;
  }
}

/** scrypt's memory, 128 · n · r bytes, up to which a key derivation is worked on. */
export const MAXIMUM_SCRYPT_MEMORY_BYTES = 2 ** 30;
/** Below these anybody who has the file tries out passwords by the million. */
const MINIMUM_SCRYPT_N = 2 ** 10;
const MINIMUM_PBKDF2_ITERATIONS = 1_000;
/** Above these the derivation would take minutes: nobody's keystore, but somebody's attack. */
const MAXIMUM_SCRYPT_N = 2 ** 20;
const MAXIMUM_SCRYPT_R_TIMES_P = 64;
const MAXIMUM_PBKDF2_ITERATIONS = 10_000_000;

const bytes = (minimum: number, maximum = minimum) =>
  z
    .string()
    .regex(new RegExp(`^(0x)?([0-9a-f]{2}){${minimum},${maximum}}$`, 'i'), {
      error: `not ${minimum === maximum ? minimum : `${minimum} to ${maximum}`} bytes in hexadecimal`,
    })
    .transform((hex) => Buffer.from(hex.replace(/^0x/i, ''), 'hex'));

const scryptSchema = z
  .object({
    n: z
      .int()
      .min(MINIMUM_SCRYPT_N)
      .max(MAXIMUM_SCRYPT_N)
      .refine((n) => Number.isInteger(Math.log2(n)), { error: 'not a power of two' }),
    r: z.int().min(1),
    p: z.int().min(1),
    dklen: z.literal(32),
    salt: bytes(16, 64),
  })
  // RFC 7914, which OpenSSL keeps to. The scrypt example in the keystore definition itself (n = 2^18, r = 1) does not.
  .refine(({ n, r }) => n < 2 ** (16 * r), { error: 'n is not below 2^(16 r), as RFC 7914 demands' })
  .refine(({ r, p }) => r * p <= MAXIMUM_SCRYPT_R_TIMES_P, { error: `r · p is above ${MAXIMUM_SCRYPT_R_TIMES_P}` })
  .refine(({ n, r }) => 128 * n * r <= MAXIMUM_SCRYPT_MEMORY_BYTES, { error: 'it takes more than 1 GiB of memory' });

const pbkdf2Schema = z.object({
  c: z.int().min(MINIMUM_PBKDF2_ITERATIONS).max(MAXIMUM_PBKDF2_ITERATIONS),
  prf: z.literal('hmac-sha256'),
  dklen: z.literal(32),
  salt: bytes(16, 64),
});

const sealed = {
  cipher: z.literal('aes-128-ctr'),
  cipherparams: z.object({ iv: bytes(16) }),
  ciphertext: bytes(32),
  mac: bytes(32),
};

/** Version 3 of the Web3 Secret Storage Definition. What other programs add beside these fields is left alone. */
const keystoreSchema = z.object({
  version: z.literal(3),
  address: bytes(20).optional(),
  crypto: z.discriminatedUnion('kdf', [
    z.object({ ...sealed, kdf: z.literal('scrypt'), kdfparams: scryptSchema }),
    z.object({ ...sealed, kdf: z.literal('pbkdf2'), kdfparams: pbkdf2Schema }),
  ]),
});

/** A keystore whose every field has been looked at, so that the key derivation is safe to start. */
export type Keystore = z.infer<typeof keystoreSchema>;

/** @throws KeystoreError with problem `format` */
export function parseKeystore(json: string): Keystore {
  const value = normalised(json);
  const parsed = keystoreSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.') || 'it';
  throw new KeystoreError('format', `${where}: ${issue?.message}${versionHint(value)}; restore it from a copy`);
}

/** ethers and Parity write `Crypto`, all others `crypto`. With both, two programs would open two keys. */
function normalised(json: string): object {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    // The parser quotes what it read, which may be a password if the wrong file was named: neither quoted nor kept.
    throw new KeystoreError('format', `it is not JSON (${messageOf(cause).split(',')[0]}); restore it from a copy`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new KeystoreError('format', 'it is JSON, but not an object; restore it from a copy');
  if ('crypto' in value && 'Crypto' in value)
    throw new KeystoreError('format', 'it has both crypto and Crypto; only one of them can be meant');
  return 'Crypto' in value ? { ...value, crypto: value.Crypto } : value;
}

function versionHint(value: object): string {
  if (!('version' in value) || value.version === 3) return '';
  const known = value.version === 4 ? ', which is for validator keys (EIP-2335)' : '';
  return ` (a keystore of version ${String(value.version).slice(0, 20)}${known}; version 3 is expected)`;
}
