import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeSegmentProof } from '../../src/audit/segment-proof.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { audit, auditMutation } from './mutations/audit-mutation.ts';
import { baseBundle } from './mutations/base-bundle.ts';
import { mutationOf, runCampaign } from './mutations/campaign.ts';
import type { BaseBundle } from './mutations/case.ts';
import { honestProof } from './mutations/honest-proof.ts';
import { MUTATION_KINDS } from './mutations/kinds.ts';

/** A few of each kind; `npm run test:audit:mutations` makes ten thousand. */
const EACH = 4;
/** A hundred and fifty audits: half a minute of a processor of its own. */
const SECONDS = 240;

let folder: string;
let path: string;
let base: BaseBundle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-mutations-'));
  path = join(folder, 'mutated.car');
  base = await baseBundle();
});
afterAll(() => rm(folder, { recursive: true }));

test.each([true, false])('the bundle itself has neither finding nor notice (offline: %s)', async (isOffline) => {
  for (const change of [{ file: base.file }, { parts: base.study }]) {
    const told = await audit(base, { ...change, isOffline }, path);
    expect(told).toEqual({ findings: [], notices: [], refused: null, proofRefusal: null });
  }
});

test.each([true, false])('no honest proof is refused (offline: %s)', async (isOffline) => {
  const random = createSeededRandom('honest proofs');
  for (let i = 0; i < 10; i++) {
    const proof = Buffer.from(encodeSegmentProof(honestProof(base, random)));
    expect(await audit(base, { proof, isOffline }, path)).toMatchObject({ proofRefusal: null });
  }
});

test('control: what was not changed is not found', async () => {
  const [kind = ''] = Object.keys(MUTATION_KINDS);
  const mutation = { ...mutationOf(base, kind, 'control'), file: base.file };
  expect(await auditMutation(base, mutation, path)).toBeNull();
});

test(
  'every mutation of every kind is found, at its place',
  async () => {
    const count = EACH * Object.keys(MUTATION_KINDS).length;
    const outcomes = await runCampaign(base, { seed: 'tests', from: 0, to: count, path });
    expect(outcomes.flatMap(({ kind, missed }) => missed.map((what) => `${kind} ${what}`))).toEqual([]);
    expect(outcomes.reduce((sum, { tried }) => sum + tried, 0)).toBe(count);
    const onlyNoticed = outcomes.filter(({ notices }) => notices > 0).map(({ kind }) => kind);
    expect(['dropCheckpoint', 'dropEntry', 'truncateLog']).toEqual(expect.arrayContaining(onlyNoticed));
  },
  SECONDS * 1000,
);
