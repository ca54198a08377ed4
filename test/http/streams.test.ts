import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { jsonReply } from '../../src/http/route.ts';
import { createSnapshotStream, type SnapshotStream } from '../../src/http/snapshot-stream.ts';
import { codeOf, connectTo, exchange, requestText } from './raw-client.ts';

const MEGABYTE = 2 ** 20;
/** Others use this machine, too. */
const WITHIN = { timeout: 60_000 };
const PADDING = 'x'.repeat(MEGABYTE);
const SPACING = 5;

let number: number;
let padding: string;
let errors: unknown[];
let stream: SnapshotStream;
let subscribed: number;
let server: ReadOnlyServer;

async function start(patienceMilliseconds?: number): Promise<void> {
  [number, padding, errors, subscribed] = [0, '', [], 0];
  const onError = (error: unknown): void => void errors.push(error);
  const snapshot = (): object => {
    if (number < 0) throw new Error('there is no state');
    return { number, padding };
  };
  stream = createSnapshotStream('view', snapshot, { spacing: SPACING, onError });
  const counted = {
    subscribe: (send: Parameters<SnapshotStream['subscribe']>[0]) => {
      const end = stream.subscribe(send);
      subscribed++;
      return () => {
        subscribed--;
        end();
      };
    },
  };
  server = await startReadOnlyServer(
    [
      { path: '/events', access: 'token', answer: () => counted },
      { path: '/healthz', access: 'open', answer: () => jsonReply('well') },
    ],
    { host: '127.0.0.1', port: 0, token: null, onError, ...(patienceMilliseconds ? { patienceMilliseconds } : {}) },
  );
}

beforeEach(() => start());
afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
  await vi.waitUntil(() => subscribed === 0, WITHIN);
});

/** Opens a stream; `text` grows with what comes, as long as the socket is read. */
async function listenTo(): Promise<{ socket: Socket; text: () => string }> {
  const socket = await connectTo(server);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const before = subscribed;
  socket.write(requestText('GET /events'));
  await expect.poll(() => subscribed, WITHIN).toBeGreaterThan(before);
  return { socket, text: () => text };
}

async function tell(next: number): Promise<void> {
  number = next;
  stream.changed();
  await new Promise((resolve) => setTimeout(resolve, SPACING + 3));
}

const numbersIn = (text: string): number[] => [...text.matchAll(/"number":(\d+)/g)].map(([, each]) => Number(each));

describe('a stream', () => {
  test('tells the state at once, then each change, and what was last when it ends', async () => {
    const { text, socket } = await listenTo();
    await expect.poll(() => numbersIn(text()), WITHIN).toEqual([0]);
    await tell(1);
    await expect.poll(() => numbersIn(text()), WITHIN).toEqual([0, 1]);
    number = 2;
    stream.changed();
    stream.stop();
    await server.stop();
    expect(socket.closed || (await once(socket, 'close'))).toBeTruthy();
    expect(numbersIn(text())).toEqual([0, 1, 2]);
    expect(text()).toMatch(/content-type: text\/event-stream/);
  });

  test('tells many changes at once as one', async () => {
    const { text, socket } = await listenTo();
    for (number = 1; number < 50; number++) stream.changed();
    await expect.poll(() => numbersIn(text()), WITHIN).toEqual([0, 50]);
    socket.destroy();
  });

  test('says that it is still there when nothing happens', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { text, socket } = await listenTo();
    vi.advanceTimersByTime(30_000);
    vi.useRealTimers();
    await expect.poll(() => text().split(': still here').length - 1, WITHIN).toBe(2);
    socket.destroy();
  });

  test('has no subscription for HEAD, and none when its reader has gone', async () => {
    expect(await exchange(server, requestText('HEAD /events'))).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\n$/s);
    expect(subscribed).toBe(0);
    const readers = await Promise.all([listenTo(), listenTo()]);
    for (const { socket } of readers) socket.destroy();
    await expect.poll(() => subscribed, WITHIN).toBe(0);
    await tell(1); // told to nobody
    expect(errors).toEqual([]);
  });

  test('goes on when a state could not be had', async () => {
    const { text, socket } = await listenTo();
    await tell(-1);
    expect(String(errors[0])).toContain('there is no state');
    await tell(3);
    await expect.poll(() => numbersIn(text()), WITHIN).toEqual([0, 3]);
    expect(text()).not.toContain('no state');
    socket.destroy();
  });

  test('that cannot begin tells its reader nothing of why', async () => {
    number = -1;
    expect(await exchange(server, requestText('GET /events'))).not.toContain('no state');
    expect(errors).toHaveLength(1);
    expect(await codeOf(server, 'GET /healthz')).toBe(200);
  });
});

describe('readers that do not read', () => {
  test('cost the newest state each and no more, and get that when they read again', async () => {
    padding = PADDING;
    const readers: Socket[] = [];
    for (let i = 0; i < 16; i++) {
      const { socket } = await listenTo();
      readers.push(socket.pause());
    }
    globalThis.gc?.();
    const before = process.memoryUsage();
    for (let i = 1; i <= 40; i++) await tell(i);
    globalThis.gc?.();
    const after = process.memoryUsage();
    // Sixteen readers and forty states of a megabyte would be 640 MB.
    expect(after.rss - before.rss).toBeLessThan(160 * MEGABYTE);
    const [first] = readers;
    let text = '';
    first?.on('data', (chunk: Buffer) => (text += chunk.toString())).resume();
    await expect.poll(() => numbersIn(text).at(-1), WITHIN).toBe(40);
    expect(numbersIn(text).length).toBeLessThan(15);
    for (const socket of readers) socket.destroy();
  });

  test('do not keep others from being told', async () => {
    const slow = await listenTo();
    slow.socket.pause();
    padding = PADDING;
    const quick = await listenTo();
    for (let i = 1; i <= 10; i++) await tell(i);
    await expect.poll(() => numbersIn(quick.text()).at(-1), WITHIN).toBe(10);
    slow.socket.destroy();
    quick.socket.destroy();
  });

  test('are cut off in the end, and do not hold up a stop', async () => {
    await server.stop();
    await start(400);
    padding = PADDING.repeat(8);
    const { socket } = await listenTo();
    socket.pause();
    await expect.poll(() => subscribed, WITHIN).toBe(0);
    const again = await listenTo();
    again.socket.pause();
    const begun = performance.now();
    await server.stop();
    expect(performance.now() - begun).toBeLessThan(2000);
    await expect.poll(() => subscribed, WITHIN).toBe(0);
    socket.destroy();
    again.socket.destroy();
  });
});

describe('sixteen open streams', () => {
  test('leave room for health, and for a seventeenth when one goes; until then it is told why', async () => {
    const readers = [];
    for (let i = 0; i < 16; i++) readers.push(await listenTo());
    const refused = await exchange(server, requestText('GET /events'));
    expect(refused).toMatch(/503 .*^retry-after: 10\r$.*too many pages are open; close one/ms);
    for (let i = 0; i < 10; i++) expect(await codeOf(server, 'GET /healthz')).toBe(200);
    readers[3]?.socket.destroy();
    await expect.poll(() => subscribed, WITHIN).toBe(15);
    readers.push(await listenTo());
    for (const { socket } of readers) socket.destroy();
  });

  test('are not pushed out by connections that say nothing', async () => {
    const { socket, text } = await listenTo();
    const sitting = await Promise.all(Array.from({ length: 200 }, () => connectTo(server)));
    await tell(1);
    await expect.poll(() => numbersIn(text()), WITHIN).toEqual([0, 1]);
    for (const each of [socket, ...sitting]) each.destroy();
  });
});
