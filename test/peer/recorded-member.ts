import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encryptKeystoreJsonSync } from 'ethers';
import { type Hex, sha256, toHex, ZERO_DIGEST } from '../../src/base/bytes.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { writePreparedDataset } from '../../src/data/prepared-dataset.ts';
import { createMemoryLedger, type MemoryLedger } from '../../src/ledger/memory/memory-ledger.ts';
import { architectureSchema } from '../../src/model/architecture.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { type TrainingOptions, trainingSchema } from '../../src/model/training-options.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { keepModel, loadBase } from '../../src/peer/base-model.ts';
import { type BlobStore, createBlobStore } from '../../src/peer/blob-store.ts';
import { composeManifest } from '../../src/peer/compose-manifest.ts';
import { commitToRecords } from '../../src/peer/data-commitment.ts';
import { dataFolder } from '../../src/peer/data-folder.ts';
import { keepUpdate } from '../../src/peer/keep-update.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import type { Progress } from '../../src/peer/progress.ts';
import { takeOuterStep } from '../../src/peer/take-outer-step.ts';
import { trainLocally } from '../../src/peer/train-locally.ts';
import type { LedgerEntry } from '../../src/protocol/ledger-entry.ts';
import { type Manifest, studyOf } from '../../src/protocol/manifest.ts';
import { encodeMetrics, type Metrics } from '../../src/protocol/metrics.ts';
import { encodeRecipe } from '../../src/protocol/recipe.ts';
import type { Codec } from '../../src/protocol/segment-codec.ts';
import { joinSegments } from '../../src/protocol/segments.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';
import { DOMAIN, digest, memberAccount, memberKey } from '../builders.ts';

export const SEGMENTS = 2;
const ROUNDS = 3;
const SEED = 'seed';

/** A member's folder after its study, and what the ledger has of it. */
export interface RecordedMember {
  readonly path: string;
  readonly manifest: Manifest;
  readonly log: readonly LedgerEntry[];
  /** By round. */
  readonly updates: readonly Hex[];
  readonly bases: readonly (readonly Hex[])[];
}

export interface RecordedMemberOptions {
  readonly codec?: Codec['name'];
  readonly hasOuterStep?: boolean;
  readonly engine?: Metrics['engine'];
  /** What the member records instead of what it trained. */
  readonly cheat?: (round: number, parameters: Float32Array) => Float32Array;
}

/** A member that trains three rounds with what a peer trains with, and records them; the mixes are stand-ins. */
export async function recordedMember(path: string, options: RecordedMemberOptions = {}): Promise<RecordedMember> {
  const [self, privateKey] = [memberAccount(1), memberKey(1)];
  const commitmentKey = digest('commitment key');
  await writeSecrets(path, { self, privateKey, commitmentKey });
  const manifest = manifestOf(options);
  const study = studyOf(manifest);
  await writeFile(join(path, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(join(path, 'peer.json'), JSON.stringify({ rpcUrl: 'http://127.0.0.1:1', contract: DOMAIN.contract }));
  const data = { training: separable(40, 'training'), heldOut: separable(16, 'held out') };
  await writePreparedDataset(join(path, 'training.dataset'), data.training);
  await writePreparedDataset(join(path, 'held-out.dataset'), data.heldOut);
  const ledger = openLedger(manifest, self);
  await ledger.as(self).join(study, commitToRecords(commitmentKey, { ...data }));

  const store = openPeerStore(dataFolder(path).database);
  const blobs = createBlobStore(dataFolder(path).blobs);
  const keeping = { manifest, blobs, privateBlobs: createBlobStore(dataFolder(path).privateBlobs), store };
  const training = trainingSchema.parse(manifest.training);
  const engine = await createWasmEngine();
  const architecture = architectureSchema.parse(manifest.architecture);
  const model = engine.createModel(architecture);
  const initial = await keepModel(blobs, initialParameters(architecture, manifest.initialModel.seed), SEGMENTS);
  let at = { base: initial.root, baseSegments: initial.digests, recipe: ZERO_DIGEST };
  const [updates, bases]: [Hex[], Hex[][]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const progress: Progress = {
      round,
      ...at,
      valuation: null,
      utilityMicros: null,
      scoreErrorMicros: null,
      mixed: [],
    };
    const base = joinSegments(await loadBase(blobs, progress));
    const run = { round, base, signal: new AbortController().signal };
    const { parameters: trained } = await trainLocally({ model, training, trainingSeed: SEED, data }, run);
    const { outer } = training;
    const stepped = outer === undefined ? trained : await takeOuterStep(keeping, outer, { round, base, trained });
    const update = await keepUpdate(keeping, progress, options.cheat?.(round, stepped) ?? stepped);
    const metrics = await blobs.put(encodeMetrics(metricsOf({ study, round, member: self }, options.engine ?? engine)));
    const record = {
      study,
      round,
      member: self,
      base: at.base,
      recipe: at.recipe,
      update: update.root,
      samples: data.training.samples,
      epsilonMicros: 0,
      metrics,
      scoreCommitment: ZERO_DIGEST,
    };
    await ledger.as(self).contribute(record);
    const signature = signDigest(privateKey, contributionDigest(DOMAIN, record));
    store.addAnnouncement({ record, signature, segments: update.digests });
    updates.push(update.root);
    bases.push([...at.baseSegments]);
    at = await standInMix(blobs, { study, round, member: self, base: at.base, update: update.root }, stepped);
  }
  store.close();
  return { path, manifest, log: await ledger.entries(study, 0), updates, bases };
}

/** As `peer init` does, but that the keystore opens at once. */
async function writeSecrets(path: string, keys: { self: Hex; privateKey: Hex; commitmentKey: Hex }): Promise<void> {
  const { keystore, password, trainingSeed, commitmentKey } = dataFolder(path);
  await mkdir(path, { recursive: true });
  const account = { address: keys.self, privateKey: keys.privateKey };
  const files = [
    [password, 'password'],
    [trainingSeed, SEED],
    [commitmentKey, keys.commitmentKey],
    [keystore, encryptKeystoreJsonSync(account, 'password', { scrypt: { N: 1024, r: 8, p: 1 } })],
  ] as const;
  for (const [file, text] of files) await writeFile(file, text, { mode: 0o600 });
}

function manifestOf({ codec = 'float32', hasOuterStep = false }: RecordedMemberOptions): Manifest {
  const training: TrainingOptions = {
    optimiser: 'sgd',
    learningRate: 0.1,
    momentum: 0.5,
    weightDecay: 0,
    batchSize: 8,
    localEpochs: 3,
    patience: 2,
    classWeights: 'none',
    ...(hasOuterStep ? { outer: { learningRate: 0.7, momentum: 0.9 } } : {}),
  };
  const architecture = architectureSchema.parse({ kind: 'mlp', inputs: 2, hidden: [4], classes: 2 });
  const terms = { title: 'recorded', members: 2, rounds: ROUNDS, segments: SEGMENTS, pulls: 1, seed: 'recorded' };
  return composeManifest({ ...terms, codec, architecture, training });
}

function openLedger(manifest: Manifest, self: Hex): MemoryLedger {
  const ledger = createMemoryLedger(DOMAIN);
  ledger.membership.admit(self);
  const { rounds, maximumMembers, epsilonBudgetMicros, deltaBudgetPicos, staleness } = manifest;
  const terms = {
    rounds,
    maximumMembers,
    epsilonBudgetMicros,
    deltaBudgetPicos,
    stalenessBound: staleness.boundRounds,
  };
  ledger.openStudy({ study: studyOf(manifest), ...terms });
  return ledger;
}

/** Another model than any training gives, with a recipe that names it. */
async function standInMix(
  blobs: BlobStore,
  { update, ...of }: { study: Hex; round: number; member: Hex; base: Hex; update: Hex },
  parameters: Float32Array,
) {
  const mixed = await keepModel(
    blobs,
    parameters.map((value) => value * 0.5 + 0.01),
    SEGMENTS,
  );
  const recipe = await blobs.put(
    encodeRecipe({
      type: 'consilium/recipe/1',
      ...of,
      entries: [{ member: of.member, round: of.round, update }],
      refused: [],
      segments: mixed.digests.map((result) => ({ sources: [0], weights: [1], scales: [1], result })),
      result: mixed.root,
    }),
  );
  return { base: mixed.root, baseSegments: mixed.digests, recipe };
}

function metricsOf(
  of: Pick<Metrics, 'study' | 'round' | 'member'>,
  { name, version, reproducible }: Metrics['engine'],
) {
  return {
    type: 'consilium/metrics/1' as const,
    ...of,
    engine: { name, version, reproducible },
    seedCommitment: toHex(sha256(Buffer.from(SEED))),
    training: { loss: 0.5, accuracy: 0.5 },
    privacy: null,
    heldOut: { samples: 1, loss: 0.5, accuracy: 0.5, auc: null },
    common: null,
    utilityMicros: null,
  };
}

/** A table whose first column tells the class. */
export function separable(samples: number, seed: string): Dataset {
  const { next } = createSeededRandom(seed);
  const labels = Uint8Array.from({ length: samples }, (_, i) => i % 2);
  return {
    inputs: Float32Array.from([...labels].flatMap((label) => [label + 0.4 * next(), next()])),
    labels,
    samples,
    inputShape: [2],
    classes: 2,
    classNames: ['no', 'yes'],
    inputScaling: { offset: [0, 0], scale: [1, 1] },
  };
}
