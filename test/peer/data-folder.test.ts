import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DataFolder, dataFolder, initDataFolder, readSecrets } from '../../src/peer/data-folder.ts';

let parent: string;
let folder: DataFolder;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'consilium-folder-'));
  folder = dataFolder(join(parent, 'member'));
  await initDataFolder(folder.path, { trainingSeed: 'a seed of this test' });
});
afterEach(() => rm(parent, { recursive: true }));

const SECRETS = ['password', 'trainingSeed', 'commitmentKey'] as const;

describe('the secrets of a data folder', () => {
  test('are read as they were made', async () => {
    expect(await readSecrets(folder)).toMatchObject({ trainingSeed: 'a seed of this test' });
  });

  const spoilings: [string, RegExp, (path: string) => Promise<void>][] = [
    ['that others may read', /chmod 600/, (path) => chmod(path, 0o644)],
    ['that the group may read', /chmod 600/, (path) => chmod(path, 0o640)],
    ['that is missing', /ENOENT/, (path) => rm(path)],
    ['that is a directory', /regular/, (path) => rm(path).then(() => mkdir(path, { mode: 0o700 }))],
    [
      'that is a pipe nobody writes into',
      /regular/,
      async (path) => {
        await rm(path);
        execFileSync('mkfifo', ['-m', '600', path]);
      },
    ],
    ['of ten megabytes', /bytes/, (path) => writeFile(path, 'x'.repeat(10_000_000), { mode: 0o600 })],
  ];
  const cases = SECRETS.flatMap((secret) => spoilings.map((spoiling) => [secret, ...spoiling] as const));
  test.each(cases)('are refused for a %s %s', async (secret, _what, about, spoil) => {
    await spoil(folder[secret]);
    await expect(readSecrets(folder)).rejects.toMatchObject({
      code: 'peer/data-folder-invalid',
      message: expect.stringMatching(about),
    });
    await expect(readSecrets(folder)).rejects.toThrow(folder[secret]); // it names the file
  });

  test('are refused for a keystore that others may read', async () => {
    await chmod(folder.keystore, 0o644);
    await expect(readSecrets(folder)).rejects.toMatchObject({ code: 'ledger/keystore-unreadable' });
  });
});
