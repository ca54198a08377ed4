import { constants } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Hex } from '../base/bytes.ts';
import { fromHex } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import { accountOf } from '../protocol/account.ts';
import { hasSameModel, isLeftOut } from '../protocol/continuation.ts';
import { type Manifest, parseManifest, studyOf } from '../protocol/manifest.ts';
import { decodeRecipe } from '../protocol/recipe.ts';
import { type BlobStore, createBlobStore } from './blob-store.ts';
import { type DataFolder, dataFolder, readSecrets } from './data-folder.ts';
import { type PeerConfig, readPeerConfig } from './peer-config.ts';
import { PeerError } from './peer-error.ts';
import { openPeerStore, type PeerStore } from './peer-store.ts';

export interface ContinueOptions {
  /** The member's data folder in the study before; it stays as it is. */
  readonly from: string;
  /** The manifest of the study that continues it. */
  readonly manifest: string;
  /** The data folder to make. */
  readonly out: string;
}

export interface ContinuedMember {
  readonly account: Hex;
  readonly study: Hex;
  readonly round: number;
}

/**
 * Makes a member's data folder for a study that continues another one: key, secrets, data and configuration of the folder of that, the
 * base that the member goes on from, and what it keeps to itself of the rounds before. It appears under its name when it is complete.
 * @throws PeerError `peer/not-continued`, `peer/left-out`, `peer/data-folder-invalid`, `peer/config-invalid`, `peer/store-locked`
 */
export async function continueMember({ from, manifest: path, out }: ContinueOptions): Promise<ContinuedMember> {
  const old = dataFolder(from);
  const config = await readPeerConfig(old.config);
  const manifest = await readManifest(path);
  const account = accountOf(fromHex((await readSecrets(old)).privateKey));
  requireSuccessor(manifest, await readManifest(resolve(from, config.manifest)));
  if (isLeftOut(manifest, account)) {
    throw new PeerError('peer/left-out', `study ${studyOf(manifest)} goes on without ${account}`);
  }
  await requireAbsent(out);
  const scratch = `${out}.partial`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  await copySettings({ old, scratch: dataFolder(scratch), config, manifest });
  await copyStart(old, dataFolder(scratch), { manifest, account });
  await rename(scratch, out);
  return { account, study: studyOf(manifest), round: manifest.continues?.round ?? 0 };
}

async function readManifest(path: string): Promise<Manifest> {
  try {
    return parseManifest(await readFile(path, 'utf8'), path);
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause)
      throw new PeerError('peer/config-invalid', `${messageOf(cause)}; name the study's manifest`, { cause });
    throw cause;
  }
}

function requireSuccessor(manifest: Manifest, before: Manifest): void {
  const study = studyOf(before);
  if (manifest.continues?.study !== study) {
    throw new PeerError(
      'peer/not-continued',
      `the manifest continues ${manifest.continues?.study ?? 'no study'}, and the folder is of ${study}`,
    );
  }
  if (!hasSameModel(manifest, before))
    throw new PeerError(
      'peer/not-continued',
      'the manifest has another model, initial model or number of segments than the study before; ask for the right one',
    );
}

async function requireAbsent(path: string): Promise<void> {
  const taken = await stat(path).then(
    () => true,
    () => false,
  );
  if (taken) throw new PeerError('peer/data-folder-invalid', `${path} is there already; name a folder that is not`);
}

interface Settings {
  readonly old: DataFolder;
  readonly scratch: DataFolder;
  readonly config: PeerConfig;
  readonly manifest: Manifest;
}

/** Files share their blocks with the old ones where the file system can do that. */
async function copySettings({ old, scratch, config, manifest }: Settings): Promise<void> {
  const copy = async (file: string, to: string): Promise<void> => {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await copyFile(file, to, constants.COPYFILE_FICLONE);
  };
  for (const secret of ['keystore', 'password', 'trainingSeed', 'commitmentKey'] as const) {
    await copy(old[secret], scratch[secret]);
  }
  const { training, heldOut, common } = config.data;
  for (const name of [training, heldOut, common]) {
    // What lies elsewhere stays there, and is named as it was.
    if (name !== null && !isAbsolute(name)) await copy(resolve(old.path, name), join(scratch.path, name));
  }
  await writeFile(join(scratch.path, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(scratch.config, `${JSON.stringify({ ...config, manifest: 'manifest.json' }, null, 2)}\n`);
}

/** Where a member's records and blobs are. */
export type MemberFiles = Pick<DataFolder, 'database' | 'blobs' | 'privateBlobs'>;

/**
 * Takes along the base of the first round with its recipe, and the private state before it. In round 0 there is nothing of it.
 * @throws PeerError `peer/not-continued`, `peer/data-folder-invalid`
 */
export async function copyStart(
  old: MemberFiles,
  fresh: MemberFiles,
  { manifest, account }: { manifest: Manifest; account: Hex },
): Promise<void> {
  const round = manifest.continues?.round ?? 0;
  const start = manifest.continues?.bases.find(({ member }) => member === account);
  if (round === 0) return;
  if (start === undefined) {
    throw new PeerError(
      'peer/not-continued',
      `${account} has no base in round ${round}, from which the study goes on; it can join with a new folder ('consilium peer init') ` +
        'once the others have begun',
    );
  }
  const from = openPeerStore(old.database, { readOnly: true });
  const to = openPeerStore(fresh.database);
  try {
    const record = from.announcement(account, round)?.record;
    if (record?.base !== start.base || record.recipe !== start.recipe) {
      throw new PeerError(
        'peer/not-continued',
        `the manifest lets ${account} begin from a base that it did not sign for round ${round}; do not take part`,
      );
    }
    const [source, target] = [createBlobStore(old.blobs), createBlobStore(fresh.blobs)];
    const recipe = await copyBlob(source, target, start.recipe);
    const baseSegments = decodeRecipe(recipe).segments.map(({ result }) => result);
    for (const digest of baseSegments) await copyBlob(source, target, digest);
    await copyPrivateState({ from, to, round }, [
      createBlobStore(old.privateBlobs),
      createBlobStore(fresh.privateBlobs),
    ]);
    const scores = { valuation: null, utilityMicros: null, scoreErrorMicros: null };
    to.saveProgress({ round, base: start.base, baseSegments, recipe: start.recipe, ...scores, mixed: [] });
  } finally {
    from.close();
    to.close();
  }
}

async function copyBlob(from: BlobStore, to: BlobStore, digest: Hex): Promise<Uint8Array> {
  const bytes = await from.get(digest);
  if (bytes === null) {
    throw new PeerError(
      'peer/data-folder-invalid',
      `blob ${digest} of the base is missing or damaged; restore the folder's blobs`,
    );
  }
  await to.put(bytes);
  return bytes;
}

async function copyPrivateState(
  { from, to, round }: { from: PeerStore; to: PeerStore; round: number },
  [source, target]: readonly [BlobStore, BlobStore],
): Promise<void> {
  const [residuals, velocity] = [from.residualBefore(round), from.velocityBefore(round)];
  if (residuals !== null) to.keepResidual(round - 1, residuals);
  if (velocity !== null) to.keepVelocity(round - 1, velocity);
  for (const digest of [...(residuals ?? []), ...(velocity ?? [])]) {
    if (digest !== null) await copyBlob(source, target, digest);
  }
}
