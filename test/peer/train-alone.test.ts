import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writePreparedDataset } from '../../src/data/prepared-dataset.ts';
import { architectureSchema } from '../../src/model/architecture.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { trainingSchema } from '../../src/model/training-options.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { type AloneRecord, aloneFile, readAloneRecord } from '../../src/peer/alone/alone-record.ts';
import { startAlone } from '../../src/peer/alone/start-alone.ts';
import { trainAlone } from '../../src/peer/alone/train-alone.ts';
import { dataFolder } from '../../src/peer/data-folder.ts';
import type { Manifest } from '../../src/protocol/manifest.ts';
import { recordedMember, separable } from './recorded-member.ts';

const ROUNDS = 3;

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'consilium-alone-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

const whole = (): Promise<AloneRecord> => trainAlone(path, new AbortController().signal, 'wasm');
const folder = (): string => dataFolder(path).alone;
const pointsOf = (record: AloneRecord | null) => record?.attempts[record.chosen ?? 0]?.points ?? [];

/** Ends the training once it has so many points. */
async function interruptedAfter(points: number): Promise<AloneRecord | null> {
  const stop = new AbortController();
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await setImmediate();
      if (pointsOf(await readAloneRecord(folder())).length >= points) stop.abort(new Error('interrupted'));
    }
  };
  await expect(Promise.all([trainAlone(path, stop.signal, 'wasm'), watch()])).rejects.toThrow('interrupted');
  return readAloneRecord(folder());
}

async function changeManifest(change: (manifest: Manifest) => object): Promise<void> {
  const file = join(path, 'manifest.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest;
  await writeFile(file, JSON.stringify({ ...manifest, ...change(manifest) }));
}

test.each([false, true])(
  "a member's own model is judged after each round on its own data (outer step: %s)",
  async (hasOuterStep) => {
    const { manifest } = await recordedMember(path, { hasOuterStep });
    const record = await whole();
    expect(record).toMatchObject({ chosen: 0, kept: null, attempts: [{ stepFactor: 1 }] });
    expect(pointsOf(record).map(({ rounds }) => rounds)).toEqual([0, 1, 2, 3]);

    const model = (await createWasmEngine()).createModel(architectureSchema.parse(manifest.architecture));
    const [training, heldOut] = [separable(40, 'training'), separable(16, 'held out')];
    const initial = initialParameters(model.architecture, manifest.initialModel.seed);
    const epochs = model.train(initial, training, trainingSchema.parse(manifest.training), {
      seed: 'reference/0',
      heldOut,
    });
    let step = await epochs.next();
    while (!step.done) step = await epochs.next();
    expect(pointsOf(record)[0]?.heldOut.loss).toBe(model.evaluate(initial, heldOut).loss);
    const first = model.evaluate(step.value, heldOut).loss;
    if (hasOuterStep) expect(pointsOf(record)[1]?.heldOut.loss).not.toBe(first);
    else expect(pointsOf(record)[1]?.heldOut.loss).toBe(first);
  },
);

test.each([1, 2, 3])('interrupted after %i points it goes on and comes to the same figures', async (points) => {
  await recordedMember(path, { hasOuterStep: true });
  await changeManifest(({ training }) => ({ training: { ...training, localEpochs: 20 } }));
  const undisturbed = await whole();
  await rm(folder(), { recursive: true });
  const half = await interruptedAfter(points);
  expect(half?.chosen).toBeNull();
  expect(pointsOf(half).length).toBeLessThanOrEqual(ROUNDS);
  expect(await whole()).toEqual(undisturbed);
  expect((await readdir(folder(), { recursive: true })).filter((name) => /[0-9a-f]{62}/.test(name))).toEqual([]);
});

test('what is done is not done again, unless the data are others', async () => {
  await recordedMember(path);
  const record = await whole();
  const written = (await stat(aloneFile(folder()))).mtimeMs;
  expect(await whole()).toEqual(record);
  expect((await stat(aloneFile(folder()))).mtimeMs).toBe(written);
  await writePreparedDataset(join(path, 'training.dataset'), separable(40, 'others'));
  const others = await whole();
  expect(others.data).not.toBe(record.data);
  expect(pointsOf(others)[3]).not.toEqual(pointsOf(record)[3]);
});

test('steps that are too large for one model are tried again smaller', async () => {
  await recordedMember(path);
  await changeManifest(({ training }) => ({ training: { ...training, learningRate: 10, momentum: 0.9 } }));
  const record = await whole();
  expect(record.attempts.length).toBeGreaterThan(1);
  expect(record.attempts.map(({ stepFactor }) => stepFactor)).toEqual(
    [1, 1 / 4, 1 / 16].slice(0, record.attempts.length),
  );
});

test('a peer has it done by another process, and is not harmed when that fails', async () => {
  await recordedMember(path);
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, error() {}, warn: (event: string) => void warnings.push(event) };
  await startAlone(logger, path, new AbortController().signal);
  expect([warnings, (await readAloneRecord(folder()))?.chosen]).toEqual([[], 0]);
  expect((await stat(aloneFile(folder()))).mode & 0o777).toBe(0o600);
  await rm(join(path, 'training.dataset'));
  await startAlone(logger, path, new AbortController().signal);
  expect(warnings).toEqual(['alone.failed']);
});
