import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryptKeystoreJsonSync, SigningKey, Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { createKeystore, openKeystore } from '../../src/ledger/keystore.ts';
import type { KeystoreProblem } from '../../src/ledger/keystore-file.ts';
import { accountOf } from '../../src/protocol/account.ts';
import { memberAccount, memberKey } from '../builders.ts';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-keystore-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(content: string | object, mode = 0o600): Promise<string> {
  const path = join(folder, `${files++}.json`);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  return path;
}

const PASSWORD = 'correct horse';

/** A keystore of member 1 that is cheap to open. */
function keystore(password = PASSWORD) {
  const account = { address: memberAccount(1), privateKey: memberKey(1) };
  const { Crypto, ...rest } = JSON.parse(
    encryptKeystoreJsonSync(account, password, { scrypt: { N: 1024, r: 8, p: 1 } }),
  );
  return { ...rest, crypto: Crypto };
}

type Changes = Record<string, unknown>;

/** The cheap keystore with other fields in its crypto part; `kdfparams` are laid over the ones that are there. */
function changed({ kdfparams, ...crypto }: Changes): object {
  const valid = keystore();
  const parameters = { ...valid.crypto.kdfparams, ...(kdfparams as Changes | undefined) };
  return { ...valid, crypto: { ...valid.crypto, kdfparams: parameters, ...crypto } };
}

/** The same key behind PBKDF2; its MAC is wrong, which is found out only after the derivation. */
const pbkdf2 = (kdfparams: Changes): object =>
  changed({ kdf: 'pbkdf2', kdfparams: { c: 1000, prf: 'hmac-sha256', ...kdfparams } });

const problemOf = (problem: KeystoreProblem) =>
  expect.objectContaining({ code: 'ledger/keystore-unreadable', problem });

async function expectRefusal(content: string | object, problem: KeystoreProblem, password = 'wrong'): Promise<void> {
  await expect(openKeystore(await file(content), password)).rejects.toThrow(problemOf(problem));
}

interface Vector {
  readonly password: string;
  readonly privateKey: Hex;
  readonly keystore: { version: 3; crypto: Record<string, unknown> };
}

/** The PBKDF2 example of the Web3 Secret Storage Definition, version 3. */
const DEFINITION: Vector = {
  password: 'testpassword',
  privateKey: '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d',
  keystore: {
    version: 3,
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
      ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
      kdf: 'pbkdf2',
      kdfparams: {
        c: 262_144,
        dklen: 32,
        prf: 'hmac-sha256',
        salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
      },
      mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
    },
  },
};

/** `evilnonce` of Ethereum's KeyStoreTests: a counter that overflows within the key. */
const OVERFLOW: Vector = {
  password: 'bar',
  privateKey: `0x${'02'.repeat(32)}`,
  keystore: {
    version: 3,
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: 'ff'.repeat(16) },
      ciphertext: 'd69313b6470ac1942f75d72ebf8818a0d484ac78478a132ee081cd954d6bd7a9',
      kdf: 'pbkdf2',
      kdfparams: { c: 262_144, dklen: 32, prf: 'hmac-sha256', salt: 'c82ef14476014cbf438081a42709e2ed' },
      mac: 'cf6bfbcc77142a22c4a908784b4a16f1023a1d0e2aff404c20158fa4f1587177',
    },
  },
};

describe('a keystore', () => {
  test.each([
    ['the definition', DEFINITION],
    ['Ethereum’s tests', OVERFLOW],
  ])('from %s opens', async (_, vector) => {
    expect(await openKeystore(await file(vector.keystore), vector.password)).toBe(vector.privateKey);
    await expectRefusal(vector.keystore, 'password');
  });

  test('that was just made opens, here and in ethers, and only its owner can read it', async () => {
    const path = join(folder, 'made.json');
    const account = await createKeystore(path, PASSWORD);
    const privateKey = await openKeystore(path, PASSWORD);
    expect(accountOf(Buffer.from(privateKey.slice(2), 'hex'))).toBe(account);
    expect((await Wallet.fromEncryptedJson(await readFile(path, 'utf8'), PASSWORD)).privateKey).toBe(privateKey);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('never takes the place of another one', async () => {
    const path = await file('somebody else’s');
    await expect(createKeystore(path, PASSWORD)).rejects.toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(await readFile(path, 'utf8')).toBe('somebody else’s');
  });

  test('opens whether its crypto part is written large or small, but not with both', async () => {
    const { crypto, ...rest } = keystore();
    expect(await openKeystore(await file({ ...rest, Crypto: crypto }), PASSWORD)).toBe(memberKey(1));
    await expectRefusal({ ...rest, crypto, Crypto: crypto }, 'format', PASSWORD);
  });

  test('is opened by its password however its characters are composed', async () => {
    const composed = await file(keystore('Krankenhäuser ①'.normalize('NFC')));
    expect(await openKeystore(composed, 'Krankenhäuser ①'.normalize('NFD'))).toBe(memberKey(1));
    expect(await openKeystore(composed, 'Krankenhäuser 1')).toBe(memberKey(1));
  });

  test.each(['', '🏥', 'a\0b', 'x'.repeat(1_000_000)])('may have an odd password (%#)', async (password) => {
    expect(await openKeystore(await file(keystore(password)), password)).toBe(memberKey(1));
  });

  test('says the same of a wrong password, of half a character, and of a flipped bit', async () => {
    const messages = new Set<string>();
    const valid = await file(keystore());
    const { mac, ciphertext } = keystore().crypto;
    const flip = (hex: string): string => `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}`;
    const attempts: [string, string][] = [
      [valid, 'wrong'],
      [valid, `${PASSWORD}\ud800`],
      [await file(changed({ mac: flip(mac) })), PASSWORD],
      [await file(changed({ ciphertext: flip(ciphertext) })), PASSWORD],
    ];
    for (const [path, password] of attempts) {
      const error = await openKeystore(path, password).catch((thrown: Error) => thrown);
      expect(error).toEqual(problemOf('password'));
      messages.add((error as Error).message.replace(path, ''));
    }
    expect(messages.size).toBe(1);
  });
});

describe('a keystore that is refused for its format whatever the password', () => {
  test('is not the one that the others are made from; the control', async () => {
    await expectRefusal(keystore(), 'password');
    await expectRefusal(pbkdf2({}), 'password');
  });

  test.each<[string, () => string | object]>([
    ['is not JSON', () => 'hunter2'],
    ['is cut off', () => JSON.stringify(keystore()).slice(0, -9)],
    ['is a list', () => [keystore()]],
    ['is null', () => 'null'],
    ['has no crypto part', () => ({ version: 3 })],
    ['is of version 1', () => ({ ...keystore(), version: '1' })],
    ['is of version 4', () => ({ version: 4, crypto: { kdf: { function: 'scrypt', params: {} }, checksum: {} } })],
    ['has its version as text', () => ({ ...keystore(), version: '3' })],
    ['has an address of 19 bytes', () => ({ ...keystore(), address: '00'.repeat(19) })],
    ['has another cipher', () => changed({ cipher: 'aes-128-cbc' })],
    ['has another derivation', () => changed({ kdf: 'argon2id' })],
    ['has no parameters', () => ({ ...keystore(), crypto: { ...keystore().crypto, kdfparams: undefined } })],
    ['has an IV of 15 bytes', () => changed({ cipherparams: { iv: '00'.repeat(15) } })],
    ['has a ciphertext of 31 bytes', () => changed({ ciphertext: '00'.repeat(31) })],
    ['has a ciphertext of 33 bytes', () => changed({ ciphertext: '00'.repeat(33) })],
    ['has a MAC of 31 bytes', () => changed({ mac: '00'.repeat(31) })],
    ['has a MAC that is not hexadecimal', () => changed({ mac: 'zz'.repeat(32) })],
  ])('%s', (_, content) => expectRefusal(content(), 'format'));

  test.each<[string, Changes]>([
    ['n is no power of two', { n: 1025 }],
    ['n is 0', { n: 0 }],
    ['n is 1', { n: 1 }],
    ['n is 2^30', { n: 2 ** 30 }],
    ['n is text', { n: '1024' }],
    ['n is too large for r, as in the definition’s own example', { n: 2 ** 18, r: 1, p: 8 }],
    ['r is 0', { r: 0 }],
    ['r is huge', { r: 2 ** 24 }],
    ['p is 0', { p: 0 }],
    ['p is huge', { p: 2 ** 30 }],
    ['it takes 2 GiB', { n: 2 ** 20, r: 16 }],
    ['dklen is 16', { dklen: 16 }],
    ['dklen is 2^31', { dklen: 2 ** 31 }],
    ['there is no salt', { salt: '' }],
    ['the salt is long', { salt: '00'.repeat(65) }],
  ])('since for scrypt %s', (_, kdfparams) => expectRefusal(changed({ kdfparams }), 'format'));

  test.each<[string, Changes]>([
    ['c is 1', { c: 1 }],
    ['c is 2^31', { c: 2 ** 31 }],
    ['the function is another', { prf: 'hmac-sha1' }],
    ['dklen is 64', { dklen: 64 }],
  ])('since for PBKDF2 %s', (_, kdfparams) => expectRefusal(pbkdf2(kdfparams), 'format'));

  test('says nothing of what is in a file that is no keystore', async () => {
    const path = await file('hunter2');
    const error = await openKeystore(path, PASSWORD).catch((thrown: Error) => thrown);
    expect(String(error)).not.toContain('hunter2');
    expect((error as Error).cause).toBeUndefined();
  });
});

describe('a key that its keystore cannot mean', () => {
  const ORDER: Hex = '0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141';

  test.each<[string, Hex]>([
    ['0', `0x${'00'.repeat(32)}`],
    ['the order of the curve', ORDER],
  ])('%s is refused, though the password is right', async (_, privateKey) => {
    const account = { address: memberAccount(1), privateKey };
    const json = encryptKeystoreJsonSync(account, PASSWORD, { scrypt: { N: 1024 } });
    await expectRefusal(json, 'format', PASSWORD);
    expect(() => new SigningKey(privateKey).publicKey).toThrow(/invalid|range|expected/i); // the control: it is no key to ethers either
  });

  test('that of another account than the address is refused', async () => {
    const other = memberAccount(2).slice(2);
    await expectRefusal({ ...keystore(), address: other }, 'format', PASSWORD);
    const { address: _, ...nameless } = keystore();
    expect(await openKeystore(await file(nameless), PASSWORD)).toBe(memberKey(1));
  });
});

describe('a file', () => {
  test.each(['640', '604', '620', '601'])('of mode %s is refused: others can get at it', async (mode) => {
    const path = await file(keystore());
    await chmod(path, Number.parseInt(mode, 8));
    await expect(openKeystore(path, PASSWORD)).rejects.toThrow(problemOf('permissions'));
    await chmod(path, 0o400);
    expect(await openKeystore(path, PASSWORD)).toBe(memberKey(1));
  });

  test('that is a link, a folder, not there, or too large is refused', async () => {
    const link = join(folder, 'link.json');
    await symlink(await file(keystore()), link);
    const large = await file(JSON.stringify(keystore()).padEnd(64 * 1024 + 1));
    for (const path of [link, folder, join(folder, 'nothing.json'), large])
      await expect(openKeystore(path, PASSWORD)).rejects.toThrow(problemOf('file'));
    const largest = await file(JSON.stringify(keystore()).padEnd(64 * 1024));
    expect(await openKeystore(largest, PASSWORD)).toBe(memberKey(1));
  });
});
