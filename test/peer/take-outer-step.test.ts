import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { composeManifest } from '../../src/peer/compose-manifest.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { takeOuterStep } from '../../src/peer/take-outer-step.ts';

const terms = { learningRate: 0.7, momentum: 0.9 };
const base = Float32Array.of(1, 2, 3, 4, 5, 6);
const trained = base.map((value) => value * 1.1);
const manifest = composeManifest({
  title: 'outer',
  members: 2,
  rounds: 3,
  segments: 2,
  pulls: 1,
  seed: 'outer',
  architecture: { kind: 'logistic', inputs: 2, classes: 2 },
  training: {
    optimiser: 'sgd',
    learningRate: 0.1,
    momentum: 0,
    weightDecay: 0,
    batchSize: 4,
    localEpochs: 1,
    classWeights: 'none',
    outer: terms,
  },
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-outer-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A process that does this round and ends. */
async function runRound(round: number, name = 'peer'): Promise<Float32Array> {
  const store = openPeerStore(join(folder, `${name}.db`));
  try {
    const privateBlobs = createBlobStore(join(folder, 'private'));
    return await takeOuterStep({ manifest, privateBlobs, store }, terms, { round, base, trained });
  } finally {
    store.close();
  }
}

test('a round that is done again after a crash comes out the same, and stands on the rounds before it', async () => {
  const first = await runRound(1);
  const second = await runRound(2);
  expect(await runRound(2)).toEqual(second);
  expect(await runRound(1)).toEqual(first);
  expect(second).not.toEqual(first);
  expect(await runRound(2, 'without-a-past')).toEqual(first);
});
