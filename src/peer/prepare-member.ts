import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Hex } from '../base/bytes.ts';
import { fromHex } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import { inputSpecSchema } from '../data/input-spec.ts';
import { architectureSchema } from '../model/architecture.ts';
import { chooseEngine } from '../model/choose-engine.ts';
import type { Engine, Model } from '../model/engine.ts';
import { initialParameters } from '../model/initial-parameters.ts';
import { type TrainingOptions, trainingSchema } from '../model/training-options.ts';
import { accountOf } from '../protocol/account.ts';
import { type Manifest, parseManifest, studyOf } from '../protocol/manifest.ts';
import { checkPrivacy } from './check-privacy.ts';
import { commitToRecords } from './data-commitment.ts';
import { dataFolder, readSecrets } from './data-folder.ts';
import { type PeerConfig, readPeerConfig } from './peer-config.ts';
import { PeerError } from './peer-error.ts';
import { readMemberData } from './read-member-data.ts';
import type { MemberExamples } from './study-setting.ts';

/** A member as its data folder describes it, checked, before anything is opened. */
export interface PreparedMember {
  readonly config: PeerConfig;
  readonly manifest: Manifest;
  readonly study: Hex;
  readonly self: Hex;
  readonly privateKey: Hex;
  readonly trainingSeed: string;
  readonly engine: Engine;
  readonly model: Model;
  readonly training: TrainingOptions;
  /** The study's initial model by the manifest's architecture and seed. */
  readonly initialModel: Float32Array;
  readonly data: MemberExamples;
  readonly dataCommitment: Hex;
}

/**
 * Reads a member's data folder.
 * @throws PeerError `peer/config-invalid`, `peer/data-folder-invalid`, `peer/data-unsuitable`; ConsiliumError
 *   `protocol/manifest-invalid`, `ledger/keystore-unreadable`; DataError;
 *   ModelError `model/engine-unavailable`
 */
export async function prepareMember(path: string): Promise<PreparedMember> {
  const folder = dataFolder(path);
  const config = await readPeerConfig(folder.config);
  const manifest = await readManifest(resolve(path, config.manifest));
  const { privateKey, trainingSeed, commitmentKey } = await readSecrets(folder);
  const architecture = parseOpaque(architectureSchema, manifest.architecture, 'architecture');
  const training = parseOpaque(trainingSchema, manifest.training, 'training');
  const engine = await chooseEngine(config.engine);
  const files = filesOf(path, config);
  const input = manifest.input === null ? null : parseOpaque(inputSpecSchema, manifest.input, 'input');
  const data = await readMemberData(files, { architecture, input });
  checkPrivacy(manifest, { architecture, training }, data.training.samples);
  return {
    config,
    manifest,
    study: studyOf(manifest),
    self: accountOf(fromHex(privateKey)),
    privateKey,
    trainingSeed,
    engine,
    model: engine.createModel(architecture),
    training,
    initialModel: initialParameters(architecture, manifest.initialModel.seed),
    data,
    dataCommitment: commitToRecords(commitmentKey, data),
  };
}

function filesOf(path: string, { data: { training, heldOut, common } }: PeerConfig) {
  return {
    training: resolve(path, training),
    heldOut: resolve(path, heldOut),
    common: common === null ? null : resolve(path, common),
  };
}

async function readManifest(path: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new PeerError('peer/config-invalid', `${messageOf(cause)}; put the study's manifest there`, { cause });
  }
  return parseManifest(text, path);
}

function parseOpaque<T>(schema: { parse(value: unknown): T }, value: unknown, field: string): T {
  try {
    return schema.parse(value);
  } catch (cause) {
    throw new PeerError(
      'peer/config-invalid',
      `the manifest's ${field} is none that this version knows; use a newer one`,
      { cause },
    );
  }
}
