import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { peerConfigSchema, readPeerConfig } from '../../src/peer/peer-config.ts';
import { DOMAIN } from '../builders.ts';

const good = { rpcUrl: 'http://127.0.0.1:8545', contract: DOMAIN.contract };

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-config-'));
  file = join(folder, 'peer.json');
});
afterEach(() => rm(folder, { recursive: true }));

const refused = (about: RegExp) =>
  expect.objectContaining({ code: 'peer/config-invalid', message: expect.stringMatching(about) });

describe('a configuration', () => {
  test('needs a node and a contract, and has a default for everything else', async () => {
    await writeFile(file, JSON.stringify(good));
    expect(await readPeerConfig(file)).toMatchObject({
      confirmations: 0,
      operations: { host: '127.0.0.1', port: 0, allowRemote: false },
      relay: { serve: false, use: [] },
    });
  });

  const wrong: [string, RegExp, string][] = [
    ['an unknown key', /listn/, JSON.stringify({ ...good, listn: [] })],
    ['an unknown key further in', /operations/, JSON.stringify({ ...good, operations: { hots: '127.0.0.1' } })],
    ['a text for a truth value', /relay\.serve/, JSON.stringify({ ...good, relay: { serve: 'false' } })],
    ['null', /confirmations/, JSON.stringify({ ...good, confirmations: null })],
    ['a negative number', /confirmations/, JSON.stringify({ ...good, confirmations: -1 })],
    ['a port out of range', /operations\.port/, JSON.stringify({ ...good, operations: { port: 65_536 } })],
    ['a number in quotes', /operations\.port/, JSON.stringify({ ...good, operations: { port: '80' } })],
    [
      'an address of a network, unasked',
      /operations\.host/,
      JSON.stringify({ ...good, operations: { host: '0.0.0.0' } }),
    ],
    ['an upper-case contract', /contract/, JSON.stringify({ ...good, contract: DOMAIN.contract.toUpperCase() })],
    ['a node by another protocol', /rpcUrl/, JSON.stringify({ ...good, rpcUrl: 'file:///etc/passwd' })],
    ['a key twice', /twice/, `{"rpcUrl":"http://a","rpcUrl":"http://b","contract":"${DOMAIN.contract}"}`],
    [
      'a key twice in another writing',
      /twice|rpcUrl/,
      `{"rpcUrl":"http://a","rpc\\u0055rl":"http://b","contract":"${DOMAIN.contract}"}`,
    ],
    ['__proto__', /__proto__/, JSON.stringify(good).replace('{', '{"__proto__":{"listen":[]},')],
    ['no JSON', /peer\.json/, 'rpcUrl = http://127.0.0.1'],
    ['nothing', /peer\.json/, ''],
    ['a byte order mark', /peer\.json/, `\uFEFF${JSON.stringify(good)}`],
    ['brackets without end', /peer\.json|file/, `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['ten megabytes', /bytes/, `${JSON.stringify(good)}${' '.repeat(10_000_000)}`],
  ];
  test.each(wrong)('with %s is refused, with the place', async (_what, about, text) => {
    await writeFile(file, text);
    await expect(readPeerConfig(file)).rejects.toThrow(refused(about));
  });

  test('that is a directory, a pipe or not there is refused', async () => {
    await expect(readPeerConfig(file)).rejects.toThrow(refused(/ENOENT/));
    await mkdir(join(folder, 'directory'));
    await expect(readPeerConfig(join(folder, 'directory'))).rejects.toThrow(refused(/regular/));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expect(readPeerConfig(join(folder, 'pipe'))).rejects.toThrow(refused(/regular/));
  });

  test('may open the operations port to a network when that is said', () => {
    const operations = { host: '0.0.0.0', allowRemote: true };
    expect(peerConfigSchema.parse({ ...good, operations }).operations).toMatchObject(operations);
  });
});
