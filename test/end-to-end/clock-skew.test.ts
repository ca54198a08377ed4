import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines, runCommand } from './command.ts';

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

/** How many contributions each peer's mixes had, and how many they refused: a mix without somebody leads to another model. */
async function mixesOf(name: string): Promise<unknown[]> {
  const logs = await Promise.all(
    [1, 2, 3].map((n) => readFile(join(folder, name, 'peers', `${n}`, 'peer.log'), 'utf8')),
  );
  const mixes = logs.flatMap(jsonLines).filter(({ event }) => event === 'round.mixed');
  return mixes.map(({ round, entries, refused }) => ({ round, entries, refused }));
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
  const everybody = [0, 1, 2].map((round) => ({ round, entries: 3, refused: 0 }));
  for (const name of ['usual', 'skewed']) expect(await mixesOf(name)).toEqual([everybody, everybody, everybody].flat());
  const modelsOf = ({ outcome }: typeof usual): string[] =>
    outcome.members.map((member: { finalModel: string }) => member.finalModel);
  const [model] = modelsOf(usual);
  expect([...modelsOf(usual), ...modelsOf(skewed)]).toEqual(Array.from({ length: 6 }, () => model));
}, 600_000);
