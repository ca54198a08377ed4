import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readArchitecture } from '../../src/cli/read-architecture.ts';
import { runCommand } from '../end-to-end/command.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-model-'));
});

afterAll(() => rm(folder, { recursive: true }));

const samples = { inputShape: [8], classes: 3 };
const sequential = {
  modelTopology: {
    class_name: 'Sequential',
    config: { layers: [{ class_name: 'Dense', config: { name: 'only', units: 3, batch_input_shape: [null, 8] } }] },
  },
};

test('a LayersModel is described as the architecture that a manifest states', async () => {
  const path = join(folder, 'model.json');
  await writeFile(path, JSON.stringify(sequential));
  const { code, stdout } = await runCommand('model', 'describe', path, '--json');
  const { architecture, ...description } = JSON.parse(stdout);
  expect([code, description]).toEqual([
    0,
    {
      inputShape: [8],
      layers: [{ name: 'only', kind: 'dense', inputs: [], outputShape: [3], parameterCount: 27 }],
      parameterCount: 27,
    },
  ]);
  const stated = join(folder, 'architecture.json');
  await writeFile(stated, JSON.stringify(architecture));
  expect(await readArchitecture(stated, samples)).toEqual(architecture);
});

test('a name stands for a network of the shape of the samples', async () => {
  expect(await readArchitecture('logistic', samples)).toEqual({ kind: 'logistic', inputs: 8, classes: 3 });
  await expect(readArchitecture('resnet', samples)).rejects.toMatchObject({ code: 'model/invalid-architecture' });
});

test.each([
  ['does not exist', async () => undefined],
  ['is no JSON', (path: string) => writeFile(path, '{')],
  [
    'is larger than any description',
    async (path: string) => {
      await writeFile(path, '');
      await truncate(path, 4 * 2 ** 20 + 1);
    },
  ],
])('a file that %s is refused', async (name, make) => {
  const path = join(folder, name);
  await make(path);
  await expect(readArchitecture(path, samples)).rejects.toMatchObject({ code: 'cli/usage' });
});
