import { fromHex, type Hex } from '../base/bytes.ts';
import { ConsiliumError, messageOf } from '../base/errors.ts';
import { initialParameters } from '../model/initial-parameters.ts';
import { createWasmEngine } from '../model/wasm-engine.ts';
import { accountOf } from '../protocol/account.ts';
import { type BlobStore, createBlobStore } from './blob-store.ts';
import { commitToRecords } from './data-commitment.ts';
import { dataFolder, readSecrets } from './data-folder.ts';
import { NotReproducible, type ReproductionObstacle } from './not-reproducible.ts';
import { openPeerStore, type PeerStore } from './peer-store.ts';
import { readMemberData } from './read-member-data.ts';
import { type MemberTerms, readMemberTerms } from './read-member-terms.ts';
import type { LocalTraining } from './train-locally.ts';

/** A member's folder, opened to train its recorded rounds again: with the engine that gives the same bits, and to be read only. */
export interface Reproducer extends LocalTraining {
  readonly terms: MemberTerms;
  readonly self: Hex;
  readonly initialModel: Float32Array;
  readonly dataCommitment: Hex;
  readonly engineName: string;
  readonly engineVersion: string;
  /** True if a round depends on more than base, data and seed: on what the codec left unsaid before, or on the velocity of the outer step. */
  readonly carriesOn: boolean;
  readonly store: PeerStore;
  readonly blobs: BlobStore;
  readonly privateBlobs: BlobStore;
}

/**
 * @throws NotReproducible `privacy`, `secrets-gone`, `data-gone`; PeerError `peer/config-invalid`, `peer/store-locked`;
 *   ConsiliumError `protocol/manifest-invalid`
 */
export async function openReproducer(path: string): Promise<Reproducer> {
  const terms = await readMemberTerms(path);
  const { manifest, architecture, training, files, input } = terms;
  requireNoNoise(terms);
  const folder = dataFolder(path);
  const secrets = await orObstacle('secrets-gone', () => readSecrets(folder));
  const data = await orObstacle('data-gone', () => readMemberData(files, { architecture, input }));
  const engine = await createWasmEngine();
  return {
    terms,
    training,
    data,
    trainingSeed: secrets.trainingSeed,
    self: accountOf(fromHex(secrets.privateKey)),
    model: engine.createModel(architecture),
    initialModel: initialParameters(architecture, manifest.initialModel.seed),
    dataCommitment: commitToRecords(secrets.commitmentKey, data),
    engineName: engine.name,
    engineVersion: engine.version,
    carriesOn: training.outer !== undefined || manifest.codec.name === 'int8' || manifest.codec.name === 'top-k',
    store: openPeerStore(folder.database, { readOnly: true }),
    blobs: createBlobStore(folder.blobs),
    privateBlobs: createBlobStore(folder.privateBlobs),
  };
}

function requireNoNoise({ manifest: { privacy } }: MemberTerms): void {
  if (privacy.unit === 'none') return;
  const where = privacy.unit === 'record' ? 'every step of its training' : 'every update';
  throw new NotReproducible(
    'privacy',
    `the study hides each ${privacy.unit} by noise in ${where}; it is drawn anew and kept nowhere, so that no round can be reproduced, ` +
      'not even up to the noise: what came out before it was never recorded',
  );
}

async function orObstacle<T>(obstacle: ReproductionObstacle, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ConsiliumError) throw new NotReproducible(obstacle, messageOf(error));
    throw error;
  }
}
