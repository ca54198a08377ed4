import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReadOnlyServer } from '../../src/http/read-only-server.ts';
import { jsonReply } from '../../src/http/route.ts';
import { authorise } from '../../src/http/server-proof.ts';
import { readPageAddress } from '../../src/peer/page-address.ts';
import { parsePeerConfig } from '../../src/peer/peer-config.ts';
import { findRunningPeer, writeRunFile } from '../../src/peer/run-file.ts';
import { startOperationsServer } from '../../src/peer/start-operations-server.ts';

let folder: string;
let path: string;
let running: ReadOnlyServer[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-page-'));
  path = join(folder, 'peer.page.json');
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  await rm(folder, { recursive: true });
});

const routes = [{ path: '/status', access: 'token', answer: () => jsonReply({ pid: process.pid }) }] as const;

async function start(port = 0): Promise<{ port: number; token: string; server: ReadOnlyServer }> {
  const config = { host: '127.0.0.1', port, allowRemote: false };
  const { server, token } = await startOperationsServer(routes, { config, path, onError: () => {} });
  running.push(server);
  return { port: Number(new URL(server.url).port), token, server };
}

/** Another user's program on a port; keeps what it is sent, and answers everything with what it is told to. */
async function takePort(port: number, code = 200): Promise<{ other: Server; heard: IncomingMessage[]; url: string }> {
  const heard: IncomingMessage[] = [];
  const other = createServer((request, response) => {
    heard.push(request);
    response.writeHead(code, { connection: 'close' }).end(JSON.stringify({ pid: process.pid }));
  });
  other.listen(port, '127.0.0.1');
  await once(other, 'listening');
  return { other, heard, url: `http://127.0.0.1:${(other.address() as AddressInfo).port}` };
}

const close = (server: Server): Promise<unknown> => {
  const closed = once(server, 'close');
  server.close();
  return closed;
};

describe('port and token of a page', () => {
  test('stay from run to run, in a file that only its owner can read', async () => {
    const first = await start();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ port: first.port, token: first.token });
    expect(first.token).toMatch(/^[0-9a-f]{64}$/);
    await first.server.stop();
    expect(await start()).toMatchObject({ port: first.port, token: first.token });
  });

  test('stay with a port of the configuration, and the token does not move to another one', async () => {
    const { port } = await start();
    await running[0]?.stop();
    const fixed = await start(port);
    await fixed.server.stop();
    const again = await start(port);
    expect(again.token).toBe(fixed.token);
    await again.server.stop();
    const { other, url } = await takePort(0);
    await close(other);
    expect((await start(Number(new URL(url).port))).token).not.toBe(fixed.token);
  });

  test('both change when another program has the port: it may have been asked in the place of the peer', async () => {
    const first = await start();
    await first.server.stop();
    const { other, heard } = await takePort(first.port);
    const second = await start();
    expect(second.port).not.toBe(first.port);
    expect(second.token).not.toBe(first.token);
    expect(await authorise(new URL('/status', second.server.url), first.token, null)).toBeNull();
    expect(heard).toEqual([]);
    await close(other);
  });

  test('a port of the configuration that is taken is said so', async () => {
    const { other, url } = await takePort(0);
    await expect(start(Number(new URL(url).port))).rejects.toMatchObject({ code: 'peer/port-in-use' });
    await close(other);
  });
});

describe('a file of port and token is not believed', () => {
  const address = { port: 12_345, token: 'a'.repeat(64) };
  const sound = `${JSON.stringify(address)}\n`;

  test('(control) unless it is sound', async () => {
    await writeFile(path, sound, { mode: 0o600 });
    expect(await readPageAddress(path)).toEqual(address);
  });

  test.each([0o644, 0o640, 0o604, 0o660, 0o602])('if others can read or write it: mode %o', async (mode) => {
    await writeFile(path, sound);
    await chmod(path, mode);
    expect(await readPageAddress(path)).toBeNull();
    const { token } = await start();
    expect(token).not.toBe(address.token);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('if it is a link, which is replaced and not followed', async () => {
    const target = join(folder, 'elsewhere.json');
    await writeFile(target, sound, { mode: 0o600 });
    await symlink(target, path);
    expect(await readPageAddress(path)).toBeNull();
    await start();
    expect(await readFile(target, 'utf8')).toBe(sound);
    expect(await readPageAddress(path)).not.toBeNull();
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'token'],
    ['another shape', '[]'],
    ['too little of a token', JSON.stringify({ ...address, token: 'a' })],
    ['more than is known', JSON.stringify({ ...address, host: 'evil.example' })],
    ['a port that is none', JSON.stringify({ ...address, port: 0 })],
    ['very much', sound.padEnd(5000)],
  ])('if it holds %s', async (_what, text) => {
    await writeFile(path, text, { mode: 0o600 });
    expect(await readPageAddress(path)).toBeNull();
    expect((await start()).token).toMatch(/^[0-9a-f]{64}$/);
  });

  test('if it is a pipe, on which nobody waits', async () => {
    execFileSync('mkfifo', ['-m', '600', path]);
    expect(await readPageAddress(path)).toBeNull();
    await start();
    expect((await stat(path)).isFile()).toBe(true);
  });

  test('and a folder in its place is told, and leaves no server behind', async () => {
    await mkdir(path);
    await expect(start()).rejects.toMatchObject({ code: 'peer/data-folder-invalid' });
  });

  test('what a crash left of it is no obstacle', async () => {
    await symlink('/nowhere/at/all', `${path}.${process.pid}`);
    await start();
    expect(await readPageAddress(path)).not.toBeNull();
  });
});

describe('a program that has the port of a peer that crashed', () => {
  test.each([200, 302, 401, 404])(
    'is asked for a proof and not sent the token, whatever it answers: %i',
    async (code) => {
      const { other, heard, url } = await takePort(0, code);
      const token = 'b'.repeat(64);
      const file = join(folder, 'peer.run.json');
      await writeRunFile(file, { pid: process.pid, url, token });
      expect(await findRunningPeer(file)).toBeNull();
      expect(heard.map(({ url: asked }) => asked?.split('?')[0])).toEqual(['/api/proof']);
      expect(JSON.stringify(heard.map(({ url: asked, rawHeaders }) => [asked, rawHeaders]))).not.toContain(token);
      await close(other);
    },
  );

  test('(control) a peer that has the token is found', async () => {
    const { server, token } = await start();
    const file = join(folder, 'peer.run.json');
    await writeRunFile(file, { pid: process.pid, url: server.url, token });
    expect((await findRunningPeer(file))?.run.url).toBe(server.url);
  });
});

describe('the configuration of the port', () => {
  const minimal = { rpcUrl: 'http://127.0.0.1:8545', contract: `0x${'a'.repeat(40)}` };
  const hosts = (operations: object): unknown => parsePeerConfig({ ...minimal, operations }, 'test').operations;

  test.each(['0.0.0.0', '::', '192.0.2.1', '::ffff:127.0.0.1', '127.0.0.2'])('%s needs allowRemote', (host) => {
    expect(() => hosts({ host })).toThrow(/allowRemote/);
    expect(hosts({ host, allowRemote: true })).toMatchObject({ host });
  });

  test.each(['localhost', 'evil.example', '', '127.1', '[::1]', '127.0.0.1:80'])('%j is no address', (host) => {
    expect(() => hosts({ host, allowRemote: true })).toThrow(/operations\.host/);
  });
});
