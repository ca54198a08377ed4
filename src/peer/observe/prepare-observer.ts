import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fromHex, type Hex } from '../../base/bytes.ts';
import { messageOf } from '../../base/errors.ts';
import { architectureSchema } from '../../model/architecture.ts';
import { layoutOf } from '../../model/parameter-layout.ts';
import { accountOf } from '../../protocol/account.ts';
import { type Manifest, parseManifest, studyOf } from '../../protocol/manifest.ts';
import { dataFolder, readSecrets } from '../data-folder.ts';
import { type PeerConfig, readPeerConfig } from '../peer-config.ts';
import { PeerError } from '../peer-error.ts';

/** Who follows which study; there are no data and no engine. */
export interface PreparedObserver {
  readonly config: PeerConfig;
  readonly manifest: Manifest;
  readonly study: Hex;
  readonly self: Hex;
  readonly privateKey: Hex;
  readonly parameterCount: number;
}

/**
 * Reads an observer's folder: as a member's, without data.
 * @throws PeerError `peer/config-invalid`, `peer/data-folder-invalid`; ConsiliumError `protocol/manifest-invalid`,
 *   `ledger/keystore-unreadable`
 */
export async function prepareObserver(path: string): Promise<PreparedObserver> {
  const folder = dataFolder(path);
  const config = await readPeerConfig(folder.config);
  const manifestPath = resolve(path, config.manifest);
  const text = await readFile(manifestPath, 'utf8').catch((cause: unknown) => {
    throw new PeerError('peer/config-invalid', `${messageOf(cause)}; put the study's manifest there`, { cause });
  });
  const manifest = parseManifest(text, manifestPath);
  const architecture = architectureSchema.safeParse(manifest.architecture);
  if (!architecture.success) {
    const message = "the manifest's architecture is none that this version knows; use a newer one";
    throw new PeerError('peer/config-invalid', message, { cause: architecture.error });
  }
  const { privateKey } = await readSecrets(folder);
  const { parameterCount } = layoutOf(architecture.data);
  return {
    config,
    manifest,
    study: studyOf(manifest),
    self: accountOf(fromHex(privateKey)),
    privateKey,
    parameterCount,
  };
}
