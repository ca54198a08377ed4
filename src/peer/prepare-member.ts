import type { Hex } from '../base/bytes.ts';
import { fromHex } from '../base/bytes.ts';
import { chooseEngine } from '../model/choose-engine.ts';
import type { Engine, Model } from '../model/engine.ts';
import { initialParameters } from '../model/initial-parameters.ts';
import type { TrainingOptions } from '../model/training-options.ts';
import { accountOf } from '../protocol/account.ts';
import { type Manifest, studyOf } from '../protocol/manifest.ts';
import { checkPrivacy } from './check-privacy.ts';
import { commitToRecords } from './data-commitment.ts';
import { dataFolder, readPrivateKey, readSecrets } from './data-folder.ts';
import type { PeerConfig } from './peer-config.ts';
import { type MemberData, readMemberData } from './read-member-data.ts';
import { readMemberTerms } from './read-member-terms.ts';

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
  readonly data: MemberData;
  readonly dataCommitment: Hex;
}

/** Who a member is and in which study: what leaving it takes. */
export type Membership = Pick<PreparedMember, 'config' | 'manifest' | 'study' | 'self' | 'privateKey'>;

/** Reads a member's data folder without its data, which may be erased. @throws as {@link prepareMember} */
export async function readMembership(path: string): Promise<Membership> {
  const { config, manifest } = await readMemberTerms(path);
  const privateKey = await readPrivateKey(dataFolder(path));
  return { config, manifest, study: studyOf(manifest), self: accountOf(fromHex(privateKey)), privateKey };
}

/**
 * Reads a member's data folder.
 * @throws PeerError `peer/config-invalid`, `peer/data-folder-invalid`, `peer/data-erased`, `peer/data-unsuitable`; ConsiliumError
 *   `protocol/manifest-invalid`, `ledger/keystore-unreadable`; DataError;
 *   ModelError `model/engine-unavailable`
 */
export async function prepareMember(path: string): Promise<PreparedMember> {
  const folder = dataFolder(path);
  const { config, manifest, architecture, training, input, files } = await readMemberTerms(path);
  const { privateKey, trainingSeed, commitmentKey } = await readSecrets(folder);
  const engine = await chooseEngine(config.engine);
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
