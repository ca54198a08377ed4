import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { jsonReply, type Reply, type Route } from '../../src/http/route.ts';
import { readerProof } from '../../src/http/server-proof.ts';
import { createTokenDoor } from '../../src/http/token-door.ts';
import { authorisationFor } from './authorisation-for.ts';
import { codeOf, exchange, requestText } from './raw-client.ts';

const TOKEN = 'e'.repeat(64);
const ROUTES: readonly Route[] = [
  { path: '/open', access: 'open', answer: () => jsonReply(1) },
  { path: '/data', access: 'token', query: ['page'], answer: () => jsonReply('secret') },
];

let server: ReadOnlyServer;
let port: string;
beforeAll(async () => {
  server = await startReadOnlyServer(ROUTES, { host: '127.0.0.1', port: 0, token: TOKEN });
  ({ port } = new URL(server.url));
});
afterAll(() => server.stop());

describe('the host that a request names', () => {
  test.each([
    ['127.0.0.1'],
    ['127.0.0.1:1'],
    ['127.0.0.1:65535'],
    ['192.0.2.7:80'],
    ['localhost'],
    ['LocalHost:8000'],
    ['[::1]'],
    ['[::1]:8000'],
    ['[2001:db8::7]'],
  ])('%s is ours: an address, or the name that nobody can point elsewhere', async (host) => {
    expect(await codeOf(server, 'GET /open', [`Host: ${host}`])).toBe(200);
  });

  test.each([
    ['evil.example'],
    ['evil.example:80'],
    ['127.0.0.1.evil.example'],
    ['localhost.evil.example'],
    ['localhost.'],
    ['127.1'],
    ['2130706433'],
    ['0x7f.0.0.1'],
    ['127.0.0.1:80:80'],
    ['127.0.0.1@evil.example'],
    ['::1'],
    ['[::1'],
    ['[evil.example]'],
    ['[127.0.0.1]'],
    ['127.0.0.1, evil.example'],
    [''],
  ])('%j is not', async (host) => {
    expect(await codeOf(server, 'GET /open', [`Host: ${host}`])).toBe(421);
  });

  test('is one, and has to be there', async () => {
    expect(await codeOf(server, 'GET /open', ['Host: 127.0.0.1', 'Host: evil.example'])).not.toBe(200);
    expect(await codeOf(server, 'GET /open', ['Host: evil.example', 'Host: 127.0.0.1'])).not.toBe(200);
    expect(await codeOf(server, 'GET /open', [])).toBe(400);
    expect(await exchange(server, 'GET /open HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /);
  });

  test('may be an address of IPv6 to listen on', async () => {
    const six = await startReadOnlyServer(ROUTES, { host: '::1', port: 0, token: TOKEN });
    expect(six.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${six.url}/open`)).status).toBe(200);
    await six.stop();
  });
});

describe('a page elsewhere', () => {
  const own = (): string => `Origin: http://127.0.0.1:${port}`;
  const host = (): string => `Host: 127.0.0.1:${port}`;

  test.each([
    'http://evil.example',
    'https://127.0.0.1',
    'http://127.0.0.1:1',
    'http://localhost',
    'null',
    'file://',
    '',
  ])('of origin %j is refused, with the token too', async (origin) => {
    const authorization = `Authorization: ${await authorisationFor(server, '/data', TOKEN)}`;
    const headers = [host(), `Origin: ${origin}`, authorization];
    expect(await codeOf(server, 'GET /open', headers)).toBe(403);
    expect(await codeOf(server, 'GET /data', headers)).toBe(403);
  });

  test('cannot pass for ours by saying so twice', async () => {
    expect(await codeOf(server, 'GET /open', [host(), own()])).toBe(200);
    expect(await codeOf(server, 'GET /open', [host(), own(), 'Origin: http://evil.example'])).toBe(403);
    expect(await codeOf(server, 'GET /open', [host(), 'Origin: http://evil.example', own()])).toBe(403);
  });

  // What Chromium and Firefox send for: a link, a script, a fetch, a frame, a picture; from a page of ours, elsewhere and another port.
  test.each([
    ['none', 'navigate', 'document', 200],
    ['same-origin', 'navigate', 'document', 200],
    ['same-origin', 'cors', 'empty', 200],
    ['same-origin', 'no-cors', 'script', 200],
    ['cross-site', 'navigate', 'document', 200],
    ['same-site', 'navigate', 'document', 200],
    ['cross-site', 'navigate', 'iframe', 403],
    ['cross-site', 'navigate', 'object', 403],
    ['cross-site', 'no-cors', 'script', 403],
    ['cross-site', 'no-cors', 'image', 403],
    ['cross-site', 'cors', 'empty', 403],
    ['cross-site', 'no-cors', 'document', 403],
    ['same-site', 'no-cors', 'script', 403],
    ['same-site', 'cors', 'empty', 403],
    ['same-site', 'navigate', 'frame', 403],
  ])('that is %s, in mode %s for a %s gets %i', async (site, mode, destination, code) => {
    const headers = [host(), `Sec-Fetch-Site: ${site}`, `Sec-Fetch-Mode: ${mode}`, `Sec-Fetch-Dest: ${destination}`];
    expect(await codeOf(server, 'GET /open', headers)).toBe(code);
  });

  test('is given no leave to read, to frame or to ask first', async () => {
    const reply = await exchange(server, requestText('GET /open', [host()]));
    expect(reply).toMatch(/^content-security-policy: default-src 'none';.*frame-ancestors 'none'/m);
    expect(reply).toMatch(/^cross-origin-resource-policy: same-origin/m);
    expect(reply).toMatch(/^cross-origin-opener-policy: same-origin/m);
    expect(reply).toMatch(/^x-content-type-options: nosniff/m);
    expect(reply).toMatch(/^referrer-policy: no-referrer/m);
    expect(reply).not.toMatch(/access-control|unsafe|set-cookie/i);
    const preflight = [host(), 'Origin: http://evil.example', 'Access-Control-Request-Private-Network: true'];
    expect(await exchange(server, requestText('OPTIONS /data', preflight))).toMatch(
      /^HTTP\/1\.1 405 (?!.*access-control)/s,
    );
  });
});

describe('data', () => {
  const proof = (path = '/data'): Promise<string> => authorisationFor(server, path, TOKEN);
  const ask = async (authorizations: readonly string[], path = '/data'): Promise<number> =>
    codeOf(server, `GET ${path}`, ['Host: 127.0.0.1', ...authorizations.map((each) => `Authorization: ${each}`)]);

  test.each<[string, () => Promise<string[]>]>([
    ['nothing', async () => []],
    ['another proof', async () => [(await proof()).replace(/.$/, (last) => (last === '0' ? '1' : '0'))]],
    ['part of the proof', async () => [(await proof()).slice(0, -1)]],
    ['more than the proof', async () => [`${await proof()}e`]],
    ['the proof for another address', async () => [await proof('/data?page=1')]],
    ['the proof under another challenge', async () => [(await proof()).replace(/ \w{64} /, ` ${'0'.repeat(64)} `)]],
    ['the proof of another scheme', async () => [(await proof()).replace('Consilium', 'Bearer')]],
    ['the proof alone', async () => [(await proof()).replace('Consilium ', '')]],
    ['the right proof after a wrong one', async () => ['Consilium f', await proof()]],
    ['another token', async () => [`Bearer ${'f'.repeat(64)}`]],
    ['part of the token', async () => [`Bearer ${TOKEN.slice(1)}`]],
    ['more than the token', async () => [`Bearer ${TOKEN}e`]],
    ['the token of another scheme', async () => [`Basic ${TOKEN}`]],
    ['the token alone', async () => [TOKEN]],
    ['rubbish', async () => ['Consilium \u00ff']],
  ])('are not for who brings %s', async (_what, bring) => {
    expect(await ask(await bring())).toBe(401);
  });

  test('are for who brings the proof in its header, and in no address', async () => {
    const right = ['Host: 127.0.0.1', `Authorization: ${await proof()}`];
    expect(await exchange(server, requestText('GET /data', right))).toContain('secret');
    expect(await codeOf(server, `GET /data?token=${TOKEN}`)).toBe(404);
    expect(await ask([await proof('/data?page=1')], '/data?page=1')).toBe(200);
  });

  test('are for a script that brings the token itself', async () => {
    expect(await ask([`Bearer ${TOKEN}`])).toBe(200);
    expect(await ask([`Bearer ${TOKEN}`], '/data?page=1')).toBe(200);
  });

  test('are not for who brings a proof that another server of this token asked for, nor for who comes late', async () => {
    const other = await startReadOnlyServer(ROUTES, { host: '127.0.0.1', port: 0, token: TOKEN });
    expect(await ask([await authorisationFor(other, '/data', TOKEN)])).toBe(401);
    await other.stop();
    let now = 0;
    const door = createTokenDoor(TOKEN, { now: () => now });
    const reply = (await door.route.answer({ params: {}, query: { nonce: '0'.repeat(64) } })) as Reply;
    const [challenge = ''] = String(reply.body).split(' ');
    const brought = `Consilium ${challenge} ${readerProof(TOKEN, challenge, '/data')}`;
    now = 29_999;
    expect(door.admits(brought, '/data')).toBe(true);
    now = 60_000;
    expect(door.admits(brought, '/data')).toBe(false);
  });

  test('are not told from what is not there by who has no token', async () => {
    expect(await codeOf(server, 'GET /data?page=-1')).toBe(401);
  });
});
