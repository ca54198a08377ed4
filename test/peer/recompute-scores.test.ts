import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSubject } from '../../src/audit/open-subject.ts';
import { type Bundle, openBundle } from '../../src/audit/read-bundle.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import { recomputeScores } from '../../src/peer/recompute-scores.ts';
import { syntheticStudy } from '../audit/synthetic-study.ts';
import { memberAccount } from '../builders.ts';

const data = {
  inputs: Float32Array.from([0, 1, 1, 0, 1, 1]),
  labels: Uint8Array.from([0, 1, 1]),
  samples: 3,
  inputShape: [2],
  classNames: ['a', 'b'],
  classes: 2,
  inputScaling: { offset: [0], scale: [1] },
};

let folder: string;
let bundle: Bundle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-recompute-'));
  const { evidence, manifest, blobs } = await syntheticStudy();
  await writeBundle(join(folder, 'a.car'), evidence, manifest, async (name) => blobs.get(name) ?? null);
  bundle = await openBundle(join(folder, 'a.car'));
});
afterAll(async () => {
  await bundle.close();
  await rm(folder, { recursive: true });
});

const recompute = async (round: number, part: 'heldOut' | 'common' = 'heldOut') => {
  const { subject } = await openSubject(bundle, null);
  const signal = new AbortController().signal;
  return recomputeScores(subject, { evaluator: memberAccount(2), round, data, part, signal });
};

test('scores that nobody measured come out differently, and the same each time', async () => {
  const [first, again] = [await recompute(1), await recompute(1)];
  expect(first).toEqual(again);
  expect(first.loss.stated).not.toBe(first.loss.found);
  expect(first.scores.map(({ revealed }) => revealed)).toEqual([10, 20, 30, 40]);
  for (const { revealed, found } of first.scores) expect(found).not.toBe(revealed);
});

test('of rounds without scores, and without a common test part, it says that it cannot', async () => {
  await expect(recompute(9)).rejects.toMatchObject({ code: 'audit/not-recomputable' });
  await expect(recompute(1, 'common')).rejects.toMatchObject({ code: 'audit/not-recomputable' });
});
