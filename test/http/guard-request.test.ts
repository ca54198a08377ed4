import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { jsonReply, type Route } from '../../src/http/route.ts';
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
    const headers = [host(), `Origin: ${origin}`, `Authorization: Bearer ${TOKEN}`];
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
  test.each([
    ['nothing', []],
    ['another token', [`Authorization: Bearer ${'f'.repeat(64)}`]],
    ['part of the token', [`Authorization: Bearer ${TOKEN.slice(1)}`]],
    ['more than the token', [`Authorization: Bearer ${TOKEN}e`]],
    ['the token of another scheme', [`Authorization: Basic ${TOKEN}`]],
    ['the token alone', [`Authorization: ${TOKEN}`]],
    ['the token in a cookie', [`Cookie: token=${TOKEN}`]],
    ['the right token after a wrong one', ['Authorization: Bearer f', `Authorization: Bearer ${TOKEN}`]],
    ['rubbish', ['Authorization: Bearer \u00ff\u0001'.replace('\u0001', '')]],
  ])('are not for who brings %s', async (_what, headers) => {
    expect(await codeOf(server, 'GET /data', ['Host: 127.0.0.1', ...headers])).toBe(401);
  });

  test('are for who brings the token in its header, and in no address', async () => {
    const right = ['Host: 127.0.0.1', `Authorization: Bearer ${TOKEN}`];
    expect(await exchange(server, requestText('GET /data', right))).toContain('secret');
    expect(await codeOf(server, `GET /data?token=${TOKEN}`)).toBe(404);
    expect(await codeOf(server, 'GET /data?page=1', right)).toBe(200);
  });

  test('are not told from what is not there by who has no token', async () => {
    expect(await codeOf(server, 'GET /data?page=-1')).toBe(401);
  });
});
