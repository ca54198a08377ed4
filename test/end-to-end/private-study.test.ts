import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from './command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-private-study-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a study with a privacy budget is run, recorded within it, and audited', async () => {
  const out = join(folder, 'run');
  const options = ['--peers', '3', '--rounds', '2', '--epsilon', '4', '--delta', '1e-4', '--json', '--out', out];
  const { code, stdout } = await runCommand('demo', ...options);
  expect(code).toBe(0);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { findings, members } = events.at(-1);
  expect(findings).toEqual([]);
  const epsilons: number[] = members.map(({ epsilon }: { epsilon: number }) => epsilon);
  // The smallest member spends nearly all, the others less; nobody more.
  expect(Math.max(...epsilons)).toBeLessThanOrEqual(4);
  expect(Math.max(...epsilons)).toBeGreaterThan(3.9);
  expect(Math.min(...epsilons)).toBeGreaterThan(0);
  const { privacy, epsilonBudgetMicros } = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
  expect([privacy.unit, epsilonBudgetMicros]).toEqual(['record', 4_000_000]);
  // Loss and accuracy of a training would tell more than the noise hides.
  expect(events.filter(({ event }) => event === 'round.epoch')).toEqual([]);
}, 400_000);
