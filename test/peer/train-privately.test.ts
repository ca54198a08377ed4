import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSecureRandom } from '../../src/base/secure-random.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { subset } from '../../src/data/dataset.ts';
import { readWdbc } from '../../src/data/read-wdbc.ts';
import type { Architecture } from '../../src/model/architecture.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import type { TrainingOptions } from '../../src/model/training-options.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { checkPrivacy } from '../../src/peer/check-privacy.ts';
import { composeManifest } from '../../src/peer/compose-manifest.ts';
import { openPeerStore, type PeerStore } from '../../src/peer/peer-store.ts';
import { requireWholeSpend } from '../../src/peer/require-whole-spend.ts';
import { trainPrivately } from '../../src/peer/train-privately.ts';
import { epsilonMicros, roundMechanism } from '../../src/privacy/round-mechanism.ts';
import type { PrivacyTerms } from '../../src/protocol/privacy-terms.ts';
import { memberAccount } from '../builders.ts';

const architecture: Architecture = { kind: 'mlp', inputs: 30, hidden: [], classes: 2 };
const training: TrainingOptions = {
  optimiser: 'sgd',
  learningRate: 0.5,
  momentum: 0,
  weightDecay: 0,
  batchSize: 16,
  localEpochs: 1,
  classWeights: 'none',
};
const RECORD = {
  unit: 'record',
  clipNorm: 1,
  noiseMultiplier: 1.5,
  batchSize: 20,
  stepsPerRound: 10,
} as const satisfies PrivacyTerms;
const MEMBER: PrivacyTerms = { unit: 'member', clipNorm: 0.1, noiseMultiplier: 4 };
const ROUNDS = 4;

const manifestOf = (terms: PrivacyTerms, epsilon: number) =>
  composeManifest({
    title: 'private',
    members: 2,
    rounds: ROUNDS,
    segments: 2,
    pulls: 1,
    seed: 'private',
    architecture,
    training,
    privacy: { terms, epsilon, delta: 1e-4 },
  });

const data: Dataset = subset(
  await readWdbc(),
  Array.from({ length: 200 }, (_, i) => i),
);
const model = (await createWasmEngine()).createModel(architecture);
const base = initialParameters(architecture, 'private');

let folder: string;
let store: PeerStore;
const open = (): void => void (store = openPeerStore(join(folder, 'peer.db')));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-private-'));
  open();
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true });
});

const settingOf = (terms: PrivacyTerms, epsilon = 8) => ({
  manifest: manifestOf(terms, epsilon),
  store,
  model,
  training,
  data: { training: data },
});

const task = (round: number, open: Float32Array = base) => ({
  round,
  base,
  trainOpenly: async () => open,
  random: createSecureRandom(),
  signal: new AbortController().signal,
});

describe('a private round', () => {
  test.each([RECORD, MEMBER])(
    'of unit $unit is paid for on disk, and comes out different every time',
    async (terms) => {
      const setting = settingOf(terms);
      expect(store.spending.lastRound()).toBeNull();
      const first = await trainPrivately(setting, task(0));
      const second = await trainPrivately(setting, task(0));
      expect(first).not.toEqual(second);
      store.close();
      open();
      const mechanism = roundMechanism(terms, 200);
      expect(store.spending.spent()).toEqual([{ ...mechanism, steps: 2 * (mechanism?.steps ?? 0) }]);
      expect(store.spending.lastRound()).toBe(0);
    },
  );

  test('is paid for before the data are looked at, so that a crash on the way costs as much', async () => {
    const setting = { ...settingOf(MEMBER), data: { training: data } };
    const crash = { ...task(0), trainOpenly: () => Promise.reject(new Error('crash')) };
    await expect(trainPrivately(setting, crash)).rejects.toThrow('crash');
    expect(store.spending.spent()).toEqual([roundMechanism(MEMBER, 200)]);
  });

  test('beyond the budget is refused, and costs nothing', async () => {
    const one = roundMechanism(RECORD, 200);
    if (one === null) throw new Error('no mechanism');
    const threeRounds = epsilonMicros([{ ...one, steps: 3 * one.steps }], 1e8) / 1e6;
    const setting = settingOf(RECORD, threeRounds + 1e-5);
    for (const round of [0, 1, 2]) await trainPrivately(setting, task(round));
    await expect(trainPrivately(setting, task(3))).rejects.toMatchObject({ code: 'peer/privacy-budget' });
    expect(store.spending.spent()).toEqual([{ ...one, steps: 3 * one.steps }]);
  });

  test('of a member clips the whole update before the noise', async () => {
    const quiet: PrivacyTerms = { unit: 'member', clipNorm: 0.1, noiseMultiplier: 0.01 };
    const far = base.map((value) => value + 5);
    const released = await trainPrivately(settingOf(quiet, 4_000), task(0, far));
    const norm = Math.hypot(...released.map((value, i) => value - (base[i] ?? 0)));
    expect(norm).toBeGreaterThan(0.09);
    expect(norm).toBeLessThan(0.11);
  });

  test('still learns where the noise is small', async () => {
    const quiet = { ...RECORD, noiseMultiplier: 0.3, stepsPerRound: 40 };
    const parameters = await trainPrivately(settingOf(quiet, 1_000), task(0));
    expect(model.evaluate(parameters, data).accuracy).toBeGreaterThan((model.evaluate(base, data).accuracy ?? 1) + 0.1);
  });
});

describe('a member that cannot keep within the budget', () => {
  test('is told before it joins, by the number of its records', () => {
    const manifest = manifestOf(RECORD, 4);
    expect(() => checkPrivacy(manifest, { architecture, training }, 2_000)).not.toThrow();
    expect(() => checkPrivacy(manifest, { architecture, training }, 40)).toThrow(
      expect.objectContaining({ code: 'peer/privacy-budget' }),
    );
  });

  test('is told of options that would count its records without noise', () => {
    const counting: TrainingOptions = { ...training, classWeights: 'calibrated' };
    expect(() => checkPrivacy(manifestOf(RECORD, 100), { architecture, training: counting }, 2_000)).toThrow(
      expect.objectContaining({ code: 'peer/config-invalid' }),
    );
    const watching = { ...training, patience: 1 };
    const steppingOut = { ...training, outer: { learningRate: 0.7, momentum: 0.9 } };
    const refused = expect.objectContaining({ code: 'peer/config-invalid' });
    expect(() => checkPrivacy(manifestOf(RECORD, 100), { architecture, training: watching }, 2_000)).toThrow(refused);
    expect(() => checkPrivacy(manifestOf(RECORD, 100), { architecture, training: steppingOut }, 2_000)).toThrow(
      refused,
    );
    expect(() => checkPrivacy(manifestOf(RECORD, 100), { architecture, training }, 2_000)).not.toThrow();
  });
});

test('a network in which records depend on each other is refused where records are to be hidden', () => {
  const cox: Architecture = { kind: 'cox', inputs: 30, classes: 2 };
  const image = { height: 28, width: 28, channels: 1, classes: 2 };
  const residual: Architecture = { kind: 'resnet', ...image, stages: [8], blocks: 1, normalization: 'batch' };
  for (const mixing of [cox, residual]) {
    expect(() => checkPrivacy(manifestOf(RECORD, 100), { architecture: mixing, training }, 2_000)).toThrow(
      expect.objectContaining({ code: 'peer/config-invalid' }),
    );
    expect(() => checkPrivacy(manifestOf(MEMBER, 100), { architecture: mixing, training }, 2_000)).not.toThrow();
  }
});

test('a folder that forgot what was spent is refused', async () => {
  const setting = settingOf(RECORD);
  await trainPrivately(setting, task(0));
  const spent = epsilonMicros(store.spending.spent(), setting.manifest.deltaBudgetPicos);
  const self = memberAccount(1);
  const ledger = (epsilon: number) => ({
    entries: () => [{ kind: 'contribution', record: { member: self, round: 0, epsilonMicros: epsilon } }] as never,
  });
  expect(() => requireWholeSpend(ledger(spent), store.spending, { self, manifest: setting.manifest })).not.toThrow();
  expect(() => requireWholeSpend(ledger(spent + 1), store.spending, { self, manifest: setting.manifest })).toThrow(
    expect.objectContaining({ code: 'peer/restored-backup' }),
  );
});

test('a manifest has a budget with a privacy unit, and none without', () => {
  expect(() => manifestOf({ unit: 'none' }, 8)).toThrow('budget');
  expect(() => manifestOf(RECORD, 0)).toThrow('budget');
  expect(manifestOf(RECORD, 8).epsilonBudgetMicros).toBe(8_000_000);
});
