import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { type InputSpec, inputSpecSchema } from '../data/input-spec.ts';
import { type Architecture, architectureSchema } from '../model/architecture.ts';
import { type TrainingOptions, trainingSchema } from '../model/training-options.ts';
import { type Manifest, parseManifest } from '../protocol/manifest.ts';
import { dataFolder } from './data-folder.ts';
import { type PeerConfig, readPeerConfig } from './peer-config.ts';
import { PeerError } from './peer-error.ts';
import type { DataFiles } from './read-member-data.ts';

/** What a member's data folder says of its study, without a secret. */
export interface MemberTerms {
  readonly config: PeerConfig;
  readonly manifest: Manifest;
  readonly architecture: Architecture;
  readonly training: TrainingOptions;
  /** Null where the manifest says nothing of it. */
  readonly input: InputSpec | null;
  readonly files: DataFiles;
}

/** @throws PeerError `peer/config-invalid`; ConsiliumError `protocol/manifest-invalid` */
export async function readMemberTerms(path: string): Promise<MemberTerms> {
  const config = await readPeerConfig(dataFolder(path).config);
  const manifest = await readManifest(resolve(path, config.manifest));
  return {
    config,
    manifest,
    architecture: parseOpaque(architectureSchema, manifest.architecture, 'architecture'),
    training: parseOpaque(trainingSchema, manifest.training, 'training'),
    input: manifest.input === null ? null : parseOpaque(inputSpecSchema, manifest.input, 'input'),
    files: filesOf(path, config),
  };
}

function filesOf(path: string, { data: { training, heldOut, common } }: PeerConfig): DataFiles {
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
