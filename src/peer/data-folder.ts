import { randomBytes } from 'node:crypto';
import { existsSync, type Stats } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hex, toHex } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import { createKeystore, openKeystore } from '../ledger/keystore.ts';
import { PeerError } from './peer-error.ts';

/** A member's data folder, and what is where in it. */
export interface DataFolder {
  readonly path: string;
  readonly config: string;
  readonly keystore: string;
  readonly password: string;
  /** Private seed of the member's training; opened only to reproduce a round. */
  readonly trainingSeed: string;
  /** Key of the commitment to the member's data; destroying it erases what the ledger says about them. */
  readonly commitmentKey: string;
  readonly database: string;
  readonly blobs: string;
  /** Blobs that follow from the member's data and are told to nobody: what updates left unsaid, the velocity of the outer step. */
  readonly privateBlobs: string;
  /** How far the member's own data alone would have brought it. */
  readonly alone: string;
  readonly log: string;
  /** There if the member's data were erased. */
  readonly erasure: string;
  /** How to reach the peer that runs on this folder, while it does. */
  readonly run: string;
  /** Port and token of the member's page, kept from run to run. */
  readonly page: string;
  /** What the member is shown of its own records: patients' data. */
  readonly pictures: string;
}

export function dataFolder(path: string): DataFolder {
  return {
    path,
    config: join(path, 'peer.json'),
    keystore: join(path, 'keystore.json'),
    password: join(path, 'password'),
    trainingSeed: join(path, 'training-seed'),
    commitmentKey: join(path, 'commitment-key'),
    database: join(path, 'peer.db'),
    blobs: join(path, 'blobs'),
    privateBlobs: join(path, 'private'),
    alone: join(path, 'alone'),
    log: join(path, 'peer.log'),
    erasure: join(path, 'erased.json'),
    run: join(path, 'peer.run.json'),
    page: join(path, 'peer.page.json'),
    pictures: join(path, 'pictures'),
  };
}

/**
 * Makes a data folder with a new key and new secrets in it.
 * @param options a fixed `trainingSeed` makes a run repeatable, and is no secret any more
 * @returns the member's account
 * @throws PeerError `peer/data-folder-invalid` if there is a member in it already
 */
export async function initDataFolder(path: string, options: { trainingSeed?: string } = {}): Promise<Hex> {
  const folder = dataFolder(path);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const taken = await stat(folder.keystore).then(
    () => true,
    () => false,
  );
  if (taken) throw new PeerError('peer/data-folder-invalid', `${path} holds a member already; choose an empty folder`);
  const password = randomBytes(24).toString('base64url');
  const secret = { mode: 0o600, flag: 'wx' };
  await writeFile(folder.password, `${password}\n`, secret);
  await writeFile(folder.trainingSeed, `${options.trainingSeed ?? randomBytes(32).toString('hex')}\n`, secret);
  await writeFile(folder.commitmentKey, `${toHex(randomBytes(32))}\n`, secret);
  return createKeystore(folder.keystore, password);
}

/** @throws ConsiliumError `ledger/keystore-unreadable`; PeerError `peer/data-folder-invalid`, `peer/data-erased` */
export async function readSecrets(
  folder: DataFolder,
): Promise<{ privateKey: Hex; trainingSeed: string; commitmentKey: Hex }> {
  if (existsSync(folder.erasure)) {
    throw new PeerError(
      'peer/data-erased',
      `the data of ${folder.path} were erased, and its secrets with them; records and models are there for audits. ` +
        'To take part in a study, make a new folder',
    );
  }
  const [trainingSeed, commitmentKey] = await Promise.all([
    readSecret(folder.trainingSeed),
    readSecret(folder.commitmentKey),
  ]);
  return { privateKey: await readPrivateKey(folder), trainingSeed, commitmentKey: commitmentKey as Hex };
}

/** The member's key alone. @throws ConsiliumError `ledger/keystore-unreadable`; PeerError `peer/data-folder-invalid` */
export async function readPrivateKey(folder: DataFolder): Promise<Hex> {
  return openKeystore(folder.keystore, await readSecret(folder.password));
}

/** A secret has a line; what is larger is something else. */
const MAXIMUM_SECRET_BYTES = 64 * 1024;

async function readSecret(path: string): Promise<string> {
  try {
    const { mode, size } = await stat(path).then(requireFile);
    if ((mode & 0o077) !== 0) throw new Error(`others can read ${path}; run chmod 600 on it`);
    if (size > MAXIMUM_SECRET_BYTES) throw new Error(`${path} has ${size} bytes; that is no secret of a member`);
    return (await readFile(path, 'utf8')).trimEnd();
  } catch (cause) {
    throw new PeerError('peer/data-folder-invalid', `${messageOf(cause)}; 'consilium peer init' makes a sound folder`, {
      cause,
    });
  }

  /** A pipe or a device could be read for ever. */
  function requireFile(found: Stats): Stats {
    if (!found.isFile()) throw new Error(`${path} is not a regular file`);
    return found;
  }
}
