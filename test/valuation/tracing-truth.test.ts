import { expect, test } from 'vitest';
import { cosineDistance } from '../../scripts/bench/valuation/compare.ts';
import { digitsFederation } from '../../scripts/bench/valuation/federation.ts';
import { groundTruth } from '../../scripts/bench/valuation/ground-truth.ts';
import { METHODS } from '../../scripts/bench/valuation/local-methods.ts';
import { reportScores, type StudyWorth } from '../../scripts/bench/valuation/score-study.ts';
import { playStudy } from '../../scripts/bench/valuation/study-run.ts';

const ROUNDS = 5;

/** Four members in a ring: three train, the fourth has no data and only hands on what it mixed. */
const federation = await digitsFederation('test', ['clean', 'noisy sensor', 'random labels']);
const study = playStudy(federation, 'ring', ROUNDS);
const truth = await groundTruth(federation, study, new AbortController().signal);

async function worthBy(name: string): Promise<StudyWorth> {
  const method = METHODS.find((candidate) => candidate.name === name);
  if (method === undefined) throw new Error(`no method ${name}`);
  return method.sum(study, await reportScores(federation, study, method));
}

const scoresOf = ({ network }: StudyWorth): number[] => network.map((score) => score ?? 0);

const share = (worth: StudyWorth, member: number): number =>
  Math.abs(scoresOf(worth)[member] ?? 0) / Math.max(...scoresOf(worth).map(Math.abs));

test.each(['first-order, traced', 'Shapley, traced'])(
  '%s is near the truth of retraining every coalition',
  async (name) => {
    const worth = await worthBy(name);
    expect(truth.retrainings).toBe(8);
    expect(cosineDistance(scoresOf(worth), truth.network)).toBeLessThan(0.1);
    for (const [i, scores] of worth.models.entries())
      expect(cosineDistance(scores ?? [], truth.models[i] ?? [])).toBeLessThan(0.1);
  },
);

test('a member that only relays has no traced credit; by scores of models it has', async () => {
  expect(truth.network[3]).toBe(0);
  expect(share(await worthBy('first-order, traced'), 3)).toBeLessThan(0.01);
  expect(share(await worthBy('Shapley of models'), 3)).toBeGreaterThan(0.1);
});

test('without tracing, a model owes nothing to whom its member did not meet', async () => {
  // In a ring of four, each member has one that it never mixes.
  const ofFirst = async (name: string): Promise<number> => (await worthBy(name)).models[0]?.[2] ?? 0;
  expect(await ofFirst('first-order')).toBe(0);
  expect(await ofFirst('first-order, traced')).not.toBe(0);
});
