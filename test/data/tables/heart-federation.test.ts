import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFederation } from '../../../src/data/read-federation.ts';
import type { Evaluation } from '../../../src/model/engine.ts';
import { simulateStudy } from '../../mixing/simulated-study.ts';

const FOLDER = '../shared/data/heart_uci_4hospitals';
const SEEDS = ['1', '2', '3'];
const ROUNDS = 15;
/** FedAvg on the pooled test parts of this federation, from FLamby's published results (Ogier du Terrail et al. 2022). */
const FLAMBY_ACCURACY = 0.748;

const isThere = existsSync(FOLDER);
if (!isThere) console.log(`skipped: there is no ${FOLDER}`);

const mean = (evaluations: readonly Evaluation[]): number =>
  evaluations.reduce((sum, { accuracy }) => sum + (accuracy ?? Number.NaN), 0) / evaluations.length;

async function accuracyOf(only?: number): Promise<number> {
  const evaluations: Evaluation[] = [];
  for (const seed of SEEDS) {
    const who = only === undefined ? {} : { only };
    evaluations.push(
      await simulateStudy({ dataset: FOLDER, codec: { name: 'float32' }, rounds: ROUNDS, seed, ...who }),
    );
  }
  return mean(evaluations);
}

describe.skipIf(!isThere)('four hospitals with heart disease tables', () => {
  let federated: number;
  beforeAll(async () => void (federated = await accuracyOf()), 60_000);

  test('are read with all their patients, whatever columns are missing', async () => {
    const { sites } = await readFederation(FOLDER);
    expect(sites.map(({ name, data, leftOut }) => [name.replace('processed.', ''), data.samples, leftOut])).toEqual([
      ['cleveland', 303, 0],
      ['hungarian', 294, 0],
      ['switzerland', 123, 0],
      ['va', 200, 0],
    ]);
  });

  test.each([0, 1, 2, 3])('learn more together than hospital %i does alone', async (site) => {
    expect(federated).toBeGreaterThan((await accuracyOf(site)) + 0.005);
  });

  test('reach more than the published figure', () => {
    expect(federated).toBeGreaterThan(FLAMBY_ACCURACY);
  });
});
