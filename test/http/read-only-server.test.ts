import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { jsonReply, type Reply, type Route } from '../../src/http/route.ts';
import { authorise } from '../../src/http/server-proof.ts';
import { authorisationFor } from './authorisation-for.ts';
import { codeOf, codesIn, connectTo, exchange, requestText } from './raw-client.ts';

const TOKEN = 'a'.repeat(64);
const MEGABYTE = 2 ** 20;
const LARGE: Reply = { code: 200, type: 'application/octet-stream', body: new Uint8Array(32 * MEGABYTE) };

let asked: number;
let errors: unknown[];
/** What the server takes the time to be, milliseconds. */
let now: number;
let server: ReadOnlyServer;
/** What who has the token asks for `/data` with. */
let authorised: string[];
const routes: readonly Route[] = [
  { path: '/open', access: 'open', answer: () => jsonReply(asked++) },
  { path: '/data', access: 'token', answer: () => jsonReply(asked++) },
  { path: '/large', access: 'open', answer: () => LARGE },
  {
    path: '/page',
    access: 'open',
    answer: () => ({ code: 200, type: 'text/plain', body: 'plain', gzip: Buffer.from('packed') }),
  },
  {
    path: '/throws',
    access: 'open',
    answer: () => {
      throw new Error('/home/peer/secret of patient 7');
    },
  },
  { path: '/rejects', access: 'open', answer: async () => Promise.reject(new Error('secret of patient 7')) },
  { path: '/cannot-subscribe', access: 'open', answer: () => ({ subscribe: () => JSON.parse('secret') }) },
];

beforeEach(async () => {
  asked = 0;
  [errors, now] = [[], 0];
  const onError = (error: unknown): void => void errors.push(error);
  const clock = { now: () => now };
  server = await startReadOnlyServer(routes, { host: '127.0.0.1', port: 0, token: TOKEN, onError, clock });
  authorised = ['Host: 127.0.0.1', `Authorization: ${await authorisationFor(server, '/data', TOKEN)}`];
});
afterEach(() => server.stop());

describe('what can only be read', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'LINK', 'PURGE'])(
    'takes no %s, with the token neither, and asks no route',
    async (method) => {
      expect(await codeOf(server, `${method} /data`, [...authorised, 'Content-Length: 0'])).toBe(405);
      expect(await codeOf(server, `${method} /nowhere`, [...authorised, 'Content-Length: 0'])).toBe(405);
      expect(asked).toBe(0);
    },
  );

  test('takes no CONNECT, no method that nobody knows, and no other protocol', async () => {
    expect(await exchange(server, requestText('CONNECT 127.0.0.1:80'))).not.toContain(' 200 ');
    expect(await codeOf(server, 'GIT /data')).toBe(400);
    expect(await codeOf(server, 'get /open')).toBe(400);
    expect(await exchange(server, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).not.toContain(' 200 ');
    expect(await exchange(server, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03')).not.toContain(' 200 ');
    const upgrade = ['Host: 127.0.0.1', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: AAAA'];
    expect(await codeOf(server, 'GET /open', upgrade)).toBe(200);
  });

  test('tells HEAD the same headers as GET, without a body', async () => {
    const [get, head] = await Promise.all([
      exchange(server, requestText('GET /page')),
      exchange(server, requestText('HEAD /page')),
    ]);
    const headers = (text: string): string => text.slice(0, text.indexOf('\r\n\r\n')).replace(/^Date: .*\r\n/m, '');
    expect(headers(head)).toBe(headers(get));
    expect(head.endsWith('\r\n\r\n')).toBe(true);
  });

  test.each([
    ['gzip', true],
    ['deflate, gzip;q=0.5, br', true],
    ['GZIP', true],
    ['gzip;q=0', false],
    ['gzip;q=0.000', false],
    ['xgzip, br', false],
    ['', false],
  ])('is sent compressed to who accepts %j: %s', async (accepted, isPacked) => {
    const reply = await exchange(server, requestText('GET /page', ['Host: 127.0.0.1', `Accept-Encoding: ${accepted}`]));
    expect(reply.endsWith(isPacked ? 'packed' : 'plain')).toBe(true);
    expect(/^vary: accept-encoding/m.test(reply)).toBe(true);
  });

  test('is kept in no cache, but for what never changes', async () => {
    expect(await exchange(server, requestText('GET /data', authorised))).toMatch(/^cache-control: no-store/m);
  });
});

describe('a body', () => {
  test('is not read, however it is announced', async () => {
    const bodies = [
      requestText('GET /open', ['Host: 127.0.0.1', 'Content-Length: 5']),
      requestText('GET /open', ['Host: 127.0.0.1', 'Content-Length: 2147483648']),
      requestText('GET /open', ['Host: 127.0.0.1', 'Transfer-Encoding: chunked']),
      requestText('POST /open', ['Host: 127.0.0.1', 'Content-Length: 10485760']),
    ];
    for (const body of bodies) expect(codesIn(await exchange(server, body))).toHaveLength(1);
  });

  test.each([
    ['of two lengths', ['Content-Length: 3', 'Content-Length: 4']],
    ['of a length and in chunks', ['Content-Length: 3', 'Transfer-Encoding: chunked']],
    ['in chunks within something else', ['Transfer-Encoding: chunked, identity']],
    ['of a length that is no number', ['Content-Length: 1e9']],
    ['of less than nothing', ['Content-Length: -1']],
    ['whose header goes on in the next line', ['Content-Length: 3', ' 4']],
  ])('%s is no request, so that nobody reads a second one into it', async (_what, headers) => {
    const text = requestText('POST /open', ['Host: 127.0.0.1', ...headers]);
    expect(codesIn(await exchange(server, `${text}0\r\n\r\nGET /open HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`))).toEqual([
      400,
    ]);
    expect(asked).toBe(0);
  });

  test('of two gigabytes costs no memory', async () => {
    const socket = await connectTo(server);
    socket.write(requestText('POST /open', ['Host: 127.0.0.1', 'Content-Length: 2147483648']));
    const before = process.memoryUsage.rss();
    const piece = Buffer.alloc(MEGABYTE);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    let sent = 0;
    for (; !socket.destroyed && sent < 2048; sent++) {
      await Promise.race([closed, new Promise((resolve) => socket.write(piece, resolve))]);
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MEGABYTE);
    expect(sent).toBeLessThan(256); // it hangs up instead of listening to all of it
    expect(await codeOf(server, 'GET /open')).toBe(200);
  });
});

describe('too much', () => {
  test('of headers is refused: many, long, and 100,000', async () => {
    const many = Array.from({ length: 100_000 }, (_, i) => `X-${i}: 1`);
    for (const headers of [many, many.slice(0, 1500), [`Long: ${'x'.repeat(9000)}`]]) {
      expect(codesIn(await exchange(server, requestText('GET /open', ['Host: 127.0.0.1', ...headers])))).toEqual([431]);
    }
    expect(await codeOf(server, `GET /${'x'.repeat(9000)}`)).toBe(431);
    expect(await codeOf(server, `GET /${'x'.repeat(3000)}`)).toBe(404);
    expect(asked).toBe(0);
  });

  test('at once on one connection: the first is answered, the rest is not looked at', async () => {
    const text = requestText('GET /data', authorised).repeat(500);
    expect(codesIn(await exchange(server, text))).toEqual([200]);
    expect(asked).toBe(1);
  });

  test('in a second is told to wait; health and pages are not', async () => {
    const ask = requestText('GET /data', authorised);
    const replies = await Promise.all(Array.from({ length: 120 }, () => exchange(server, ask)));
    const refused = replies.filter((reply) => /429 .*^retry-after: 1\r$/ms.test(reply)).length;
    expect(refused).toBe(20);
    expect(replies.filter((reply) => reply.startsWith('HTTP/1.1 200 '))).toHaveLength(100);
    expect(await codeOf(server, 'GET /open')).toBe(200);
    now += 10;
    expect(await codeOf(server, 'GET /data', authorised)).toBe(200);
    expect(await codeOf(server, 'GET /data', authorised)).toBe(429);
  });

  test('without the token does not use up what the token may ask', async () => {
    await Promise.all(Array.from({ length: 160 }, () => codeOf(server, 'GET /data')));
    expect(await codeOf(server, 'GET /data', authorised)).toBe(200);
  });
});

describe('who sits on connections', () => {
  test('keeps nobody out: the newest is served, the oldest goes', async () => {
    const sitting = await Promise.all(Array.from({ length: 300 }, () => connectTo(server)));
    for (let i = 0; i < 20; i++) expect(await codeOf(server, 'GET /open')).toBe(200);
    await expect.poll(() => sitting.filter(({ closed }) => closed).length).toBeGreaterThanOrEqual(236);
    for (const socket of sitting) socket.destroy();
  });

  test('and takes nothing of a reply is cut off', async () => {
    const impatient = await startReadOnlyServer(routes, {
      host: '127.0.0.1',
      port: 0,
      token: null,
      patienceMilliseconds: 300,
    });
    const socket = await connectTo(impatient);
    socket.pause().write(requestText('GET /large'));
    await systemClock.wait(1500);
    let got = 0;
    socket.on('data', (chunk: Buffer) => (got += chunk.length)).resume();
    await once(socket, 'close');
    expect(got).toBeLessThan(LARGE.body.length);
    await impatient.stop();
    const whole = await exchange(server, requestText('GET /large'));
    expect(whole.length).toBeGreaterThan(LARGE.body.length);
  });
});

describe('what goes wrong in a route', () => {
  test.each(['/throws', '/rejects'])('%s is told to the server and not to the reader', async (path) => {
    const reply = await exchange(server, requestText(`GET ${path}`));
    expect(reply).toMatch(/^HTTP\/1\.1 500 /);
    expect(reply).not.toMatch(/secret|patient|Error:|\.ts/);
    expect(String(errors[0])).toContain('secret of patient 7');
  });

  test('when a stream begins ends that stream, and nothing else', async () => {
    expect(await exchange(server, requestText('GET /cannot-subscribe'))).not.toContain('secret');
    expect(errors).toHaveLength(1);
    expect(await codeOf(server, 'GET /open')).toBe(200);
  });

  test('a reader that goes in the middle is no fault', async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => connectTo(server)));
    for (const socket of sockets) socket.end(requestText('GET /large')).destroy();
    expect(await codeOf(server, 'GET /open')).toBe(200);
    expect(errors).toEqual([]);
  });
});

describe('starting and stopping', () => {
  test('a port that is taken is said so', async () => {
    const port = Number(new URL(server.url).port);
    await expect(startReadOnlyServer(routes, { host: '127.0.0.1', port, token: null })).rejects.toMatchObject({
      code: 'http/port-in-use',
    });
  });

  test('twice at the same time is once', async () => {
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    await expect(codeOf(server, 'GET /open')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('again and again leaves nothing open', async () => {
    const open = (): number => process.getActiveResourcesInfo().filter((each) => /TCP/.test(each)).length;
    const before = open();
    for (let i = 0; i < 20; i++) {
      const each = await startReadOnlyServer(routes, { host: '127.0.0.1', port: 0, token: null });
      const asking = codeOf(each, 'GET /open').catch(() => 0);
      await each.stop();
      await asking;
    }
    await expect.poll(open).toBeLessThanOrEqual(before);
  });
});

describe('a server that has the token', () => {
  const address = (of: ReadOnlyServer): URL => new URL('/data', of.url);

  test('shows it without telling it, and another one cannot', async () => {
    expect(await authorise(address(server), TOKEN, null)).not.toBeNull();
    expect(await authorise(address(server), 'b'.repeat(64), null)).toBeNull();
    const reply = await exchange(server, requestText(`GET /api/proof?nonce=${'0'.repeat(64)}`));
    expect(reply).toMatch(/\r\n\r\n[0-9a-f]{64} [0-9a-f]{64}$/);
    expect(reply).not.toContain(TOKEN);
    const other = await startReadOnlyServer(routes, { host: '127.0.0.1', port: 0, token: null });
    expect(await authorise(address(other), TOKEN, null)).toBeNull();
    await other.stop();
  });

  test('answers each question anew, and no other question', async () => {
    const proofs = await Promise.all(
      ['0', '1'].map((digit) => exchange(server, requestText(`GET /api/proof?nonce=${digit.repeat(64)}`))),
    );
    expect(proofs[0]?.slice(-64)).not.toBe(proofs[1]?.slice(-64));
    for (const nonce of ['', '0', 'g'.repeat(64), 'A'.repeat(64), '0'.repeat(65)]) {
      expect(await codeOf(server, `GET /api/proof?nonce=${nonce}`)).toBe(400);
    }
  });
});
