import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dataFolder } from '../../src/peer/data-folder.ts';
import { openPeerStore, type PeerStore } from '../../src/peer/peer-store.ts';
import { type CommandHost, startCommandHost } from './command.ts';

let host: CommandHost;
beforeAll(() => {
  host = startCommandHost();
});
afterAll(() => host.stop());

let folder: string;
let store: PeerStore | null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-silent-'));
  await host.run('peer', 'init', '--data', join(folder, 'member'));
  // This process stands for a peer that hangs: it holds the store, and answers nobody.
  store = openPeerStore(dataFolder(join(folder, 'member')).database);
});
afterEach(async () => {
  store?.close();
  await rm(folder, { recursive: true, force: true });
});

const about = (...words: string[]) => host.run('peer', ...words, '--data', join(folder, 'member'));

describe('a peer that is there and does not answer', () => {
  test.each([
    ['status', []],
    ['stop', []],
    ['withdraw', ['--yes']],
  ])('is not taken for one that does not run, by peer %s', async (command, options) => {
    const { code, stdout, stderr } = await about(command, ...options);
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      expect.stringMatching(/^cli\/peer-silent: [^\n]*peer\.db[^\n]*\n$/),
    ]);
  });

  test('is sent no signal, even where a file that a crash left behind names it', async () => {
    const run = { pid: process.pid, url: 'http://127.0.0.1:1', token: 'x'.repeat(64) };
    await writeFile(dataFolder(join(folder, 'member')).run, JSON.stringify(run));
    const signals: string[] = [];
    const note = (name: NodeJS.Signals): void => void signals.push(name);
    process.on('SIGTERM', note);
    expect((await about('stop')).stderr).toMatch(/^cli\/peer-silent/);
    process.off('SIGTERM', note);
    expect(signals).toEqual([]);
  });

  test('is one that does not run as soon as its store is free', async () => {
    store?.close();
    store = null;
    const status = await about('status', '--json');
    expect([status.code, JSON.parse(status.stdout).running]).toEqual([0, false]);
    expect((await about('stop', '--json')).stdout).toBe('{"stopped":false,"pid":null}\n');
  });
});
