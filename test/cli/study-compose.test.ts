import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { studyComposeCommand } from '../../src/cli/study-compose-command.ts';
import { parseManifest } from '../../src/protocol/manifest.ts';
import { captureCommand } from './capture-command.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-compose-'));
  const input = {
    kind: 'table',
    columns: [
      { kind: 'number', name: 'size', least: 0, most: 100, fill: 10, offset: 10, scale: 0.1, indicator: false },
    ],
    label: { kind: 'threshold', column: 'finding', above: 0, classes: ['none', 'some'] },
    patient: null,
    time: null,
    missing: [],
  };
  await writeFile(at('input.json'), JSON.stringify(input));
  await writeFile(at('training.json'), JSON.stringify({ localEpochs: 3, learningRate: 0.5 }));
});
afterAll(() => rm(folder, { recursive: true }));

async function trainingOf(...options: string[]): Promise<unknown> {
  const out = at(`${options.join(' ').replaceAll('/', '')}.manifest`);
  await captureCommand(studyComposeCommand, '--input', at('input.json'), '--members', '4', '--out', out, ...options);
  return parseManifest(await readFile(out, 'utf8'), out).training;
}

test('a round has as many steps for everybody, unless epochs are asked for', async () => {
  const byDefault = await trainingOf();
  expect(byDefault).toMatchObject({ localSteps: expect.any(Number) });
  expect(byDefault).not.toHaveProperty('localEpochs');
  const inEpochs = await trainingOf('--local-epochs', '2');
  expect(inEpochs).toMatchObject({ localEpochs: 2 });
  expect(inEpochs).not.toHaveProperty('localSteps');
  expect(await trainingOf('--local-steps', '7')).toEqual({ ...(byDefault as object), localSteps: 7 });
});

test('the options win over the file of training options', async () => {
  const file = ['--training', at('training.json')];
  expect(await trainingOf(...file)).toMatchObject({ localEpochs: 3, learningRate: 0.5 });
  const inSteps = await trainingOf(...file, '--local-steps', '7');
  expect(inSteps).toMatchObject({ localSteps: 7, learningRate: 0.5 });
  expect(inSteps).not.toHaveProperty('localEpochs');
});

test('a round in both steps and epochs is refused', async () => {
  const refused = trainingOf('--local-steps', '7', '--local-epochs', '2');
  await expect(refused).rejects.toMatchObject({ code: 'cli/usage' });
});
