import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { writePreparedDataset } from '../../src/data/prepared-dataset.ts';
import type { Architecture } from '../../src/model/architecture.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { keepModel } from '../../src/peer/base-model.ts';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { composeManifest } from '../../src/peer/compose-manifest.ts';
import { dataFolder } from '../../src/peer/data-folder.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { valueRecords } from '../../src/peer/value-records.ts';
import { options } from '../model/small-training.ts';

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'consilium-value-records-'));
});
afterEach(() => rm(path, { recursive: true }));

const run = { neighbours: 3, onProgress: () => {}, signal: new AbortController().signal };

/** A table whose first column tells the class, and whose second is noise in much larger units. */
function table(samples: number, seed: string): Dataset {
  const { next } = createSeededRandom(seed);
  const labels = Uint8Array.from({ length: samples }, (_, i) => i % 2);
  return {
    inputs: Float32Array.from([...labels].flatMap((label) => [label + 0.4 * next(), 10_000 * next()])),
    labels,
    times: Float32Array.from(labels, () => 1 + next()),
    samples,
    inputShape: [2],
    classes: 2,
    classNames: ['no', 'yes'],
    inputScaling: { offset: [0], scale: [1] },
  };
}

async function prepare(architecture: Architecture, training: Dataset): Promise<void> {
  const terms = { title: 'a table', members: 2, rounds: 2, segments: 1, pulls: 1, seed: '1' };
  const manifest = composeManifest({ ...terms, architecture, training: options });
  await writeFile(join(path, 'manifest.json'), JSON.stringify(manifest));
  const config = { rpcUrl: 'http://127.0.0.1:1', contract: `0x${'00'.repeat(20)}`, engine: 'wasm' };
  await writeFile(join(path, 'peer.json'), JSON.stringify(config));
  await writePreparedDataset(join(path, 'training.dataset'), training);
  await writePreparedDataset(join(path, 'held-out.dataset'), table(37, 'held out'));
  const { blobs, database } = dataFolder(path);
  const kept = await keepModel(createBlobStore(blobs), initialParameters(architecture, '1'), 1);
  const store = openPeerStore(database);
  const [base, baseSegments] = [kept.root, kept.digests];
  store.saveProgress({
    round: 1,
    base,
    baseSegments,
    recipe: base,
    valuation: null,
    utilityMicros: null,
    scoreErrorMicros: null,
    mixed: [],
  });
  store.close();
}

test('a table without hidden layers is compared by standardised inputs: large units drown nothing', async () => {
  const training = table(60, 'training');
  training.labels[7] = 0;
  await prepare({ kind: 'logistic', inputs: 2, classes: 2 }, training);
  const before = await readdir(path, { recursive: true });
  const done: number[] = [];
  const { values, layer, width, worth, model } = await valueRecords(path, { ...run, onProgress: (n) => done.push(n) });
  expect([layer, width, model.round]).toEqual([null, 2, 1]);
  expect(values.indexOf(Math.min(...values))).toBe(7);
  expect(worth).toBeGreaterThan(0.95);
  expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(worth, 12);
  expect(done).toEqual([16, 32, 37]);
  expect(await readdir(path, { recursive: true })).toEqual(expect.arrayContaining(before));
});

test('survival has no classes to vote for', async () => {
  await prepare({ kind: 'cox', inputs: 2, classes: 2 }, table(60, 'training'));
  await expect(valueRecords(path, run)).rejects.toMatchObject({ code: 'peer/data-unsuitable' });
});

test('ranking stops when it is told to', async () => {
  await prepare({ kind: 'logistic', inputs: 2, classes: 2 }, table(60, 'training'));
  const stopping = new AbortController();
  const stop = valueRecords(path, {
    ...run,
    signal: stopping.signal,
    onProgress: () => stopping.abort(new Error('stop')),
  });
  await expect(stop).rejects.toThrow('stop');
});

test('a model of which a segment is lost is refused', async () => {
  await prepare({ kind: 'logistic', inputs: 2, classes: 2 }, table(60, 'training'));
  await rm(join(path, 'blobs'), { recursive: true });
  await expect(valueRecords(path, run)).rejects.toMatchObject({ code: 'peer/data-folder-invalid' });
});
