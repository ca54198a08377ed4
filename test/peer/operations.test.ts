import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createMetrics } from '../../src/base/metrics.ts';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { createSnapshotStream } from '../../src/http/snapshot-stream.ts';
import type { MemberView } from '../../src/peer/member-view.ts';
import { declarePeerMetrics } from '../../src/peer/peer-metrics.ts';
import { FRESH_PROGRESS, findProblems, followEvent, type PeerStatus } from '../../src/peer/peer-status.ts';
import { findRunningPeer, writeRunFile } from '../../src/peer/run-file.ts';
import { digest, memberAccount } from '../builders.ts';
import { authorisationFor } from '../http/authorisation-for.ts';
import { statusOf, viewOf } from './member-view-builder.ts';
import { operationsOf } from './operations-of.ts';

const TOKEN = 'a token of this test, long enough';

let folder: string;
let server: ReadOnlyServer;
let status: PeerStatus;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-operations-'));
  status = statusOf();
  const metrics = createMetrics();
  declarePeerMetrics(metrics, () => status);
  const count = metrics.counter({ name: 'consilium_gossip_records', help: 'test', labels: ['kind', 'action'] });
  count({ kind: 'contributions', action: 'accept' });
  const view = (): MemberView => viewOf({ status });
  const views = createSnapshotStream('view', view);
  const routes = operationsOf({ metrics, view, views });
  server = await startReadOnlyServer(routes, { host: '127.0.0.1', port: 0, token: TOKEN });
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

interface Asked {
  readonly code: number;
  readonly body: string;
  readonly type: string;
}

function ask(path: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Asked> {
  const asked = Promise.withResolvers<Asked>();
  const sent = request(`${server.url}${path}`, options, (response) => {
    let body = '';
    response.on('data', (chunk: Buffer) => (body += chunk.toString()));
    response.on('end', () =>
      asked.resolve({ code: response.statusCode ?? 0, body, type: String(response.headers['content-type']) }),
    );
  });
  sent.on('error', asked.reject);
  sent.end();
  return asked.promise;
}

const authorised = async (path: string): Promise<{ headers: Record<string, string> }> => ({
  headers: { authorization: await authorisationFor(server, path, TOKEN) },
});

describe('the operations port', () => {
  test('tells whether the peer is well, and names nobody', async () => {
    expect(await ask('/healthz')).toMatchObject({
      code: 200,
      body: '{"healthy":true,"phase":"waiting","round":3,"problems":[]}',
    });
    status = statusOf({ problems: findProblems(statusOf({ connected: [] }), 0.66) });
    const ill = await ask('/healthz');
    expect([ill.code, JSON.parse(ill.body).problems]).toEqual([503, ['status/no-quorum']]);
    expect(ill.body).not.toContain(memberAccount(1).slice(2));
  });

  test('gives metrics in the OpenMetrics format, without an account or a title in them', async () => {
    const { code, body, type } = await ask('/metrics');
    expect([code, type]).toEqual([200, expect.stringContaining('application/openmetrics-text')]);
    const lines = body.trimEnd().split('\n');
    expect(lines.at(-1)).toBe('# EOF');
    const sample = /^[a-z0-9_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? [-+0-9.eNaInf]+$/;
    expect(lines.slice(0, -1).filter((line) => !/^# (HELP|TYPE|UNIT) /.test(line) && !sample.test(line))).toEqual([]);
    expect(lines).toContain('consilium_round 3');
    expect(lines).toContain('consilium_outbox_records{state="pending"} 1');
    expect(lines).toContain('consilium_gossip_records_total{kind="contributions",action="accept"} 1');
    expect(lines.some((line) => line.startsWith('process_resident_memory_bytes'))).toBe(true);
    expect(body).not.toMatch(/0x[0-9a-f]{40}|a study/);
  });

  test('shows the whole status only to who has the token', async () => {
    expect((await ask('/status')).code).toBe(401);
    expect((await ask('/status', await authorised('/api/view'))).code).toBe(401);
    expect(JSON.parse((await ask('/status', await authorised('/status'))).body)).toEqual(status);
  });

  test.each([
    [404, '/', {}],
    [404, '/status/', {}],
    [404, '/status?token=1', {}],
    [405, '/healthz', { method: 'POST' }],
    [405, '/status', { method: 'DELETE' }],
    [421, '/healthz', { headers: { host: 'evil.example' } }],
    [421, '/metrics', { headers: { host: 'evil.example:80' } }],
  ])('answers %i to %s with %j', async (code, path, options) => {
    expect((await ask(path, options)).code).toBe(code);
  });

  test('answers HEAD without a body', async () => {
    expect(await ask('/healthz', { method: 'HEAD' })).toMatchObject({ code: 200, body: '' });
  });

  test('refuses headers that are too large, and more connections than it has places for', async () => {
    expect((await ask('/healthz', { headers: { long: 'x'.repeat(9000) } })).code).toBe(431);
    const port = Number(new URL(server.url).port);
    const closed = Array.from({ length: 68 }, () => {
      const socket = connect(port, '127.0.0.1');
      return new Promise<boolean>((resolve) => {
        socket.on('error', () => {});
        socket.on('close', () => resolve(true));
        setTimeout(() => resolve(socket.closed), 1_000);
      });
    });
    const refused = (await Promise.all(closed)).filter(Boolean);
    expect(refused.length).toBeGreaterThanOrEqual(4);
  });

  test.each([
    ['says nothing', ''],
    ['stops within its headers', 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nx'],
  ])(
    'hangs up on who %s, long before the 30 seconds that Node would take',
    async (_what, text) => {
      const begun = systemClock.now();
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      socket.on('error', () => {}).resume();
      if (text !== '') socket.write(text);
      await once(socket, 'close');
      expect(systemClock.now() - begun).toBeLessThan(20_000);
    },
    60_000,
  );

  test('answers without reading a body that is announced and never comes', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });
});

describe('a running peer', () => {
  const file = (): string => join(folder, 'peer.run.json');

  test('is found by its file, which only its owner can read', async () => {
    await writeRunFile(file(), { pid: process.pid, url: server.url, token: TOKEN });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await findRunningPeer(file()))?.status).toEqual(status);
  });

  test.each([
    ['no file', null],
    ['rubbish', 'not json'],
    ['another process that has the number now', { pid: 1 }],
    ['a wrong token', { token: 'x'.repeat(40) }],
    ['a port where nobody is', { url: 'http://127.0.0.1:1' }],
  ])('is not found by %s', async (_what, change) => {
    const good = { pid: process.pid, url: server.url, token: TOKEN };
    if (typeof change === 'string') await writeFile(file(), change);
    else if (change !== null) await writeFile(file(), JSON.stringify({ ...good, ...change }));
    expect(await findRunningPeer(file())).toBeNull();
  });
});

describe('the status', () => {
  test('follows what the peer tells', () => {
    const events = [
      { event: 'peer.listening', addresses: ['/ip4/127.0.0.1/tcp/1'] },
      { event: 'study.joined', position: 0, participants: 3 },
      { event: 'round.started', round: 0 },
      { event: 'member.connected', account: memberAccount(2) },
      { event: 'round.announced', round: 0, update: digest('u') },
      { event: 'round.pulling', round: 0, contributions: 3 },
      { event: 'round.pulled', round: 0 },
      { event: 'round.mixed', round: 0, entries: 3, refused: 1, result: digest('r') },
    ] as const;
    const phases = events.map((_, i) => events.slice(0, i + 1).reduce(followEvent, FRESH_PROGRESS).phase);
    expect(phases).toEqual(['joining', 'joining', 'training', 'training', 'waiting', 'pulling', 'mixing', 'valuing']);
    expect(events.reduce(followEvent, FRESH_PROGRESS)).toMatchObject({
      connected: [memberAccount(2)],
      lastMix: { round: 0, entries: 3, refused: 1 },
    });
  });

  test('tells how the last mix was scored, and how sure', () => {
    const scored = { method: 'gtg-shapley', utilityMicros: 9, scoreErrorMicros: 3, evaluations: 40 } as const;
    const progress = followEvent(FRESH_PROGRESS, { event: 'round.valued', round: 4, ...scored });
    expect(progress).toMatchObject({ phase: 'training', round: 5, lastValuation: { round: 4, ...scored } });
  });

  test.each([
    ['status/chain-silent', { ledger: { entries: 0, secondsSinceContact: 61 } }],
    ['status/chain-silent', { ledger: { entries: 0, secondsSinceContact: null } }],
    ['status/no-quorum', { connected: [memberAccount(2)] }],
    ['status/account-replaced', { standing: 'replaced' as const }],
    ['status/account-removed', { standing: 'removed' as const }],
    ['status/excluded', { standing: 'excluded' as const }],
    ['status/disk-low', { disk: { freeBytes: 100e6, roundBytes: 1 } }],
    ['status/disk-low', { disk: { freeBytes: 1e9, roundBytes: 200e6 } }],
    ['status/record-refused', { outbox: { pending: 0, anchored: 0, refused: 1 } }],
  ])('names %s', (code, fields) => {
    expect(findProblems(statusOf(fields), 0.66).map((problem) => problem.code)).toEqual([code]);
    expect(findProblems(statusOf(), 0.66)).toEqual([]);
  });
});
