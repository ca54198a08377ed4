import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from './command.ts';

const SHIFT = fileURLToPath(new URL('shift-date.ts', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-skew-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function demo(name: string, nodeOptions: string | undefined) {
  const before = process.env['NODE_OPTIONS'];
  if (nodeOptions !== undefined) process.env['NODE_OPTIONS'] = `${nodeOptions} --disable-warning=ExperimentalWarning`;
  try {
    const { code, stdout } = await runCommand(
      'demo',
      '--peers',
      '3',
      '--rounds',
      '3',
      '--json',
      '--out',
      join(folder, name),
    );
    return { code, outcome: JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}') };
  } finally {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  }
}

test('calendars that are ten minutes ahead and behind change nothing about a study', async () => {
  const usual = await demo('usual', undefined);
  const skewed = await demo('skewed', `--import=${SHIFT}`);
  // The control: the calendars were shifted.
  const logs = await Promise.all(
    [1, 2, 3].map((n) => readFile(join(folder, 'skewed', 'logs', `peer-${n}.log`), 'utf8')),
  );
  expect(logs.map((log) => /shifted by (-?\d+)/.exec(log)?.[1])).toEqual(['10', '-10', undefined]);
  expect([usual.code, skewed.code]).toEqual([0, 0]);
  expect(skewed.outcome.findings).toEqual([]);
  expect(skewed.outcome.records).toEqual(usual.outcome.records);
  const modelsOf = ({ outcome }: typeof usual) =>
    outcome.members.map((member: { finalModel: string }) => member.finalModel);
  expect(new Set([...modelsOf(usual), ...modelsOf(skewed)]).size).toBe(1);
}, 300_000);
