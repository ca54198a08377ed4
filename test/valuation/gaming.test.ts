import { beforeAll, describe, expect, test } from 'vitest';
import { measureCopies } from '../../scripts/bench/gaming/copied-updates.ts';
import { duplicateData } from '../../scripts/bench/gaming/duplicated-data.ts';
import { gamingMembers } from '../../scripts/bench/gaming/gaming-members.ts';
import type { GamingRow } from '../../scripts/bench/gaming/gaming-row.ts';
import { playStudy, trainStudy } from '../../scripts/bench/gaming/play-study.ts';
import { attackReports } from '../../scripts/bench/gaming/report-attacks.ts';
import { type HonestStudy, multiplyNegatives, rideFreely } from '../../scripts/bench/gaming/update-attacks.ts';

/** A small part of `npm run bench:gaming`: ten hospitals, few rounds, one seed. */
let study: HonestStudy;
beforeAll(async () => {
  const members = await gamingMembers('1', 0.8);
  const plan = { rounds: 5, seed: '1' };
  study = { members, plan, played: await playStudy(members, plan) };
}, 60_000);

const rowsOf = (rows: readonly GamingRow[], attack: string): GamingRow[] => rows.filter((row) => row.attack === attack);

describe('lies in reports', () => {
  let rows: GamingRow[];
  beforeAll(() => void (rows = attackReports(study.played.map(({ scores }) => scores))));

  test('about oneself change nothing, and win where everybody is heard', () => {
    for (const { defended, control } of rowsOf(rows, 'self-inflation')) {
      expect(defended).toBe(0);
      expect(control).toBeGreaterThan(5);
    }
  });

  test('about the others move neither one’s own score nor rank, and two that collude gain a tenth of what they gain in means', () => {
    const [score, rank, place, another, beyond] = rowsOf(rows, 'slander');
    expect([score?.defended, rank?.defended, beyond?.defended]).toEqual([0, 0, 0]);
    // The controls: means, the order of the scores, and the ranks of others.
    for (const moved of [score?.control, rank?.control, place?.defended, another?.defended]) {
      expect(moved).toBeGreaterThan(0);
    }
    const two = rowsOf(rows, 'collusion')[0];
    expect(two?.defended).toBeLessThan((two?.control ?? 0) / 10);
  });

  test('that are copied are noticed, and honest ones are not; what is made up agrees with nobody', () => {
    const [agreement, copiers, honest] = rowsOf(rows, 'copied scores');
    expect([copiers?.defended, honest?.defended]).toEqual([0, 0]);
    // Agreement alone would not show a copier.
    expect(agreement?.defended).toBeGreaterThan(0);
    const [madeUp] = rowsOf(rows, 'made-up scores');
    expect(madeUp?.defended).toBeLessThan(0.2);
    expect(madeUp?.control).toBeGreaterThan(0.3);
  });
});

test('copies of any kind are found among 320 honest updates of alike members, and none of these is taken for one', async () => {
  const played = await trainStudy(await gamingMembers('2', 0), { rounds: 32, seed: '2' });
  const [copied, honest, replayed] = measureCopies(played);
  expect(copied).toMatchObject({ attack: 'copied updates', defended: 0 });
  expect(copied?.control).toBeGreaterThan(50);
  expect([honest?.defended, replayed?.defended]).toEqual([0, 0]);
}, 30_000);

test('who sends others’ work or noise keeps nothing of what it would have had', async () => {
  const rows = await rideFreely(study);
  for (const { defended, control, attack } of rows) {
    expect(defended).toBeLessThanOrEqual(0);
    if (attack.startsWith('copied')) expect(control).toBeGreaterThan(50);
  }
}, 30_000);

test('two negatives make no positive, as they do in shares', async () => {
  const { defended, control } = await multiplyNegatives(study);
  expect(defended).toBeLessThan(0);
  expect(control).toBeGreaterThan(0);
}, 30_000);

test('data that are there twice gain at most a twentieth, trained on and stated or only stated; a round in epochs would let them gain more', async () => {
  const [trained, stated, inEpochs] = await duplicateData({ ...study, plan: { rounds: 3, seed: '1' } }, 2);
  for (const row of [trained, stated]) {
    expect(row?.most).toBe(5);
    expect(row?.defended).toBeLessThanOrEqual(5);
    expect(row?.control).toBeGreaterThan(20);
  }
  expect(inEpochs?.defended).toBeGreaterThan(10);
}, 120_000);
