import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestChain, type TestChain } from './consortium.ts';
import { type BareEvents, deployBareEvents, type GasRow, measureGas } from './measure-gas.ts';

/** Random digests differ by a few zero bytes, which cost less as calldata. */
const NOISE = 250;

let testChain: TestChain;
let bare: BareEvents;

beforeAll(async () => {
  testChain = await startTestChain();
  bare = await deployBareEvents(testChain);
}, 60_000);

afterAll(() => testChain.stop());

const measure = (members: number, rounds: readonly number[]): Promise<GasRow[]> =>
  measureGas(testChain, bare, { members, rounds, sparse: false });

test('with 16 members a scored contribution costs at most 99,000 gas, and 1.75 times its bare events', async () => {
  const [row] = await measure(16, [1]);
  expect(row?.scoredContribution).toBeLessThanOrEqual(99_000);
  expect((row?.scoredContribution ?? 0) / ((row?.bareEvent ?? 0) + (row?.bareReveal ?? 0))).toBeLessThan(1.75);
  expect(row?.contributionBatched).toBeLessThan(36_000);
}, 60_000);

type Figure = 'contribution' | 'contributionBatched' | 'valuation';

function growth(before: GasRow | undefined, after: GasRow | undefined, figure: Figure): string {
  const difference = (after?.[figure] ?? 0) - (before?.[figure] ?? 0);
  return Math.abs(difference) < NOISE ? 'none' : String(difference);
}

test('gas does not grow with rounds or history', async () => {
  const [early, late] = await measure(4, [1, 30]);
  for (const figure of ['contribution', 'contributionBatched', 'valuation'] as const) {
    expect({ figure, growth: growth(early, late, figure) }).toEqual({ figure, growth: 'none' });
  }
}, 60_000);

test('a contribution does not cost more with more members, and a valuation only its words of scores', async () => {
  const [few] = await measure(4, [1]);
  const [many] = await measure(24, [1]);
  expect(Math.abs((many?.contribution ?? 0) - (few?.contribution ?? 0))).toBeLessThan(NOISE);
  const words = Math.ceil(24 / 8) - Math.ceil(4 / 8);
  expect((many?.valuation ?? 0) - (few?.valuation ?? 0)).toBeLessThan(words * 1_000);
}, 60_000);
