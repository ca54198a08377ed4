import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditView, StudyRow } from '../../src/web/auditor/audit-view.ts';
import { authorisationFor } from '../http/authorisation-for.ts';
import { type CommandHost, jsonLines, processesNaming, runCommand, startCommand, startCommandHost } from './command.ts';

const BUNDLE = fileURLToPath(new URL('../audit/fixtures/tiny.car', import.meta.url));

let folder: string;
let host: CommandHost;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-serve-'));
  host = startCommandHost();
});
afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true, force: true });
});

const studies = async (url: string): Promise<StudyRow[]> =>
  (await (await fetch(new URL('/api/studies', url))).json()) as StudyRow[];

/** Asks for an address with the token that stands in a page's. @param hash `#token=…` */
async function askWith(address: string, hash: string): Promise<Response> {
  const { origin: url, pathname } = new URL(address);
  const authorization = await authorisationFor({ url }, pathname, hash.replace('#token=', ''));
  return fetch(address, { headers: { authorization } });
}

describe('audit serve', () => {
  test('serves a bundle until it is interrupted', async () => {
    const command = startCommand(['audit', 'serve', BUNDLE, '--json']);
    const { url } = await command.event('audit.serving');
    expect(await studies(String(url))).toMatchObject([{ participants: expect.any(Number) as number }]);
    expect((await fetch(String(url))).headers.get('content-type')).toContain('text/html');
    command.process.kill('SIGINT');
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    ['nothing', [], 'name one bundle'],
    ['a file that is none', ['package.json'], 'audit/bundle-unreadable'],
    ['a contract without a chain', [`0x${'ab'.repeat(20)}`], '--rpc'],
    ['an open port for others', [BUNDLE, '--host', '0.0.0.0'], '--allow-remote'],
    ['a name for an address', [BUNDLE, '--host', 'example.org'], 'IP address'],
  ])('refuses %s, and says what to do', async (_what, args, words) => {
    const { code, stderr } = await host.run('audit', 'serve', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });

  test('takes a token where other machines can reach it', async () => {
    const command = startCommand(['audit', 'serve', BUNDLE, '--json', '--host', '0.0.0.0', '--allow-remote']);
    const { url } = await command.event('audit.serving');
    const { port, hash } = new URL(String(url));
    const data = `http://127.0.0.1:${port}/api/studies`;
    expect((await fetch(data)).status).toBe(401);
    expect((await askWith(data, hash)).status).toBe(200);
    command.process.kill('SIGTERM');
    expect((await command.ended).code).toBe(0);
  });
});

test('demo --serve tells of the members’ pages, serves the auditor’s when all is over, and ends with the audit’s exit code', async () => {
  const out = join(folder, 'demo');
  const command = startCommand([
    'demo',
    '--serve',
    '--tamper',
    '--peers',
    '3',
    '--rounds',
    '2',
    '--json',
    '--out',
    out,
  ]);
  const { page } = await command.event('demo.page');
  const { origin, hash } = new URL(String(page));
  expect((await fetch(`${origin}/api/view`)).status).toBe(401);
  const seen = (await (await askWith(`${origin}/api/view`, hash)).json()) as object;
  expect(seen).toHaveProperty('status');
  const { url } = await command.event('demo.serving');
  const [study] = await studies(String(url));
  expect(study).toMatchObject({ rounds: 2, participants: 3 });
  const view = (await (await fetch(new URL(`/api/studies/${study?.study}`, String(url)))).json()) as AuditView;
  expect(new Set(view.members.map(({ name }) => name))).toEqual(new Set(['hospital 1', 'hospital 2', 'hospital 3']));
  expect([view.chainRead, view.check.state]).toEqual([true, 'done']);
  await lookBack(join(out, 'peers', '1'));
  command.process.kill('SIGTERM');
  const { code, stdout } = await command.ended;
  expect(code).toBe(3);
  const { report, findings } = jsonLines(stdout).find(({ event }) => event === 'demo.finished') ?? {};
  expect(view.check).toMatchObject({ findings });
  expect(JSON.stringify(findings)).toContain('audit/block-damaged');
  expect(await readFile(String(report), 'utf8')).toContain('audit/block-damaged');
  expect(jsonLines(stdout).filter(({ event }) => event === 'demo.page')).toHaveLength(3);
  expect(processesNaming(out)).toEqual([]);
}, 400_000);

/** What a member whose study is finished can still see of it. */
async function lookBack(data: string): Promise<void> {
  const status = async () => JSON.parse((await host.run('peer', 'status', '--data', data, '--json')).stdout) as object;
  expect(await status()).toMatchObject({ running: false, hasClosed: true, outbox: { pending: 0 } });
  const peer = startCommand(['peer', 'start', '--stay', '--data', data, '--json']);
  await peer.event('study.finished');
  const running = await status();
  expect(running).toMatchObject({ running: true, phase: 'finished' });
  const { page } = running as { page: string };
  expect((await fetch(page)).headers.get('content-type')).toContain('text/html');
  peer.process.kill('SIGINT');
  expect(await peer.ended).toMatchObject({ code: 0, stderr: '' });
  const told = await runCommand('peer', 'start', '--data', data); // ends by itself
  expect([told.code, told.stdout]).toEqual([0, expect.stringContaining('peer start --stay --data')]);
}
