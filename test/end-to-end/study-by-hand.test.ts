import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { dataFolder, readSecrets } from '../../src/peer/data-folder.ts';
import {
  type CommandHost,
  freePort,
  type RunningCommand,
  runCommand,
  startCommand,
  startCommandHost,
} from './command.ts';
import { rewriteChain } from './rewrite-chain.ts';

const MINUTES = 60_000;
const MEMBERS = [1, 2, 3];

let folder: string;
let host: CommandHost;
const running: RunningCommand[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-by-hand-'));
  host = startCommandHost();
});
afterAll(async () => {
  for (const command of running) command.process.kill('SIGTERM');
  await Promise.all(running.map(({ ended }) => ended));
  await host.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What the README's section "A study by hand" says, command by command; and in the middle the chain is killed. */
test(
  'a chain, three members and an auditor as processes of their own; the chain dies and comes back',
  async () => {
    const at = (...parts: string[]): string => join(folder, ...parts);
    const member = (n: number): string => at('study', 'peers', String(n));
    const succeed = async (...args: string[]): Promise<Record<string, unknown>> => {
      const { code, stdout, stderr } = await host.run(...args, '--json');
      expect([args[0], code, stderr, code === 0 ? '' : stdout]).toEqual([args[0], 0, '', '']);
      return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}');
    };
    const start = (...args: string[]): RunningCommand => {
      const command = startCommand([...args, '--json']);
      running.push(command);
      return command;
    };

    await succeed('demo', 'prepare', '--peers', '3', '--rounds', '4', '--alpha', '1', '--out', at('study'));
    const port = await freePort();
    const startChain = (): RunningCommand => start('chain', '--data', at('chain'), '--port', String(port));
    const chain = startChain();
    const rpc = String((await chain.event('chain.ready')).url);

    await succeed('peer', 'init', '--data', at('admin'));
    const admin = [
      '--rpc',
      rpc,
      '--keystore',
      at('admin', 'keystore.json'),
      '--password-file',
      at('admin', 'password'),
    ];
    const script = async (name: string, ...args: string[]): Promise<Record<string, unknown>> => {
      const { code, stdout, stderr } = await host.script(name, ...args, ...admin, '--json');
      expect([name, code, stderr]).toEqual([name, 0, '']);
      return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}');
    };
    const { ledger } = await script('deploy', '--out', at('deployment.json'));
    const contract = String(ledger);

    const [first] = MEMBERS;
    const listen = `/ip4/127.0.0.1/tcp/${await freePort()}`;
    const accounts: string[] = [];
    let bootstrap: string[] = [];
    for (const n of MEMBERS) {
      const own = n === first ? ['--listen', listen] : bootstrap;
      const made = await succeed('peer', 'init', '--data', member(n), '--contract', contract, '--rpc', rpc, ...own);
      accounts.push(String(made.account));
      if (n === first) bootstrap = ['--bootstrap', `${listen}/p2p/${String(made.peerId)}`];
    }
    const regulator = at('regulator');
    const observer = await succeed(
      'peer',
      'init',
      '--data',
      regulator,
      '--contract',
      contract,
      '--rpc',
      rpc,
      ...bootstrap,
    );
    await copyFile(at('study', 'manifest.json'), join(regulator, 'manifest.json'));
    await script('admit-member', ...accounts, String(observer.account), '--deployment', at('deployment.json'));
    await script('open-study', '--manifest', at('study', 'manifest.json'), '--deployment', at('deployment.json'));

    const observing = start('peer', 'observe', '--data', regulator, '--out', at('observed.car'));
    await observing.event('observer.listening');
    const peers = MEMBERS.map((n) => start('peer', 'start', '--data', member(n)));
    await peers[0]?.event('round.mixed');
    chain.process.kill('SIGKILL');
    await chain.ended;
    await Promise.all(peers.map((peer) => peer.event('round.mixed', (line) => line.round === 2)));
    const again = startChain();
    expect((await Promise.all(peers.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0, 0]);

    // What a member erases takes nothing from the evidence.
    const erased = await succeed('data', 'erase', member(3), '--yes');
    expect(erased).toMatchObject({ wereReadable: true, scan: { found: [] } });
    await succeed('evidence', ...MEMBERS.map(member), '--out', at('evidence.car'));
    const report = await succeed('audit', 'verify', at('evidence.car'), '--rpc', rpc, '--contract', contract);
    expect(report).toMatchObject({ findings: [], records: { anchored: 12, closings: 3, valuations: 12 } });

    // The regulator, who holds no data and was not asked for anything, has all of it too, and has checked it.
    const observed = await observing.ended;
    const said = observed.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const counts = { contributions: 15, verified: 15, missing: 0, findings: 0 };
    expect(said.find(({ event }) => event === 'observer.finished')).toMatchObject(counts);
    expect(said.filter(({ event }) => event === 'observer.verified')).toHaveLength(15);
    expect(said.at(-1)).toMatchObject({ findings: [], records: { anchored: 12, mixesReplayed: 12 } });
    // That the chain was away for some rounds is a notice, and no member's doing.
    const chainOf = ['--rpc', rpc, '--contract', contract];
    expect([observed.code, observed.stderr]).toEqual([0, '']);
    const parts = await succeed('audit', 'participation', at('observed.car'), ...chainOf);
    expect(parts.totals).toEqual(
      [0, 1, 2, 3].map((round) => expect.objectContaining({ round, registered: 4, joined: 3, contributed: 3 })),
    );
    expect(await readdir(regulator)).not.toContain('training.dataset');

    // After the outage a member's records may come after the heads that the others sign; whoever came first is below all of them.
    const rows = parts.rows as { round: number; entry: number; member: string }[];
    const [early] = rows
      .filter(({ round, entry }) => round === 1 && entry !== null)
      .toSorted((x, y) => x.entry - y.entry);
    const proof = ['--member', early?.member ?? '', '--round', '1', '--segment', '3', '--out', at('proof.json')];
    await succeed('audit', 'prove', at('evidence.car'), ...proof);
    const chained = await succeed('audit', 'check-proof', at('proof.json'), '--rpc', rpc, '--contract', contract);
    expect(chained).toMatchObject({ ok: true, claim: { member: early?.member, round: 1, segment: 3 } });
    const offline = await succeed('audit', 'check-proof', at('proof.json'), '--members', accounts.join(','));
    expect(offline).toEqual(chained);
    const text = await readFile(at('proof.json'), 'utf8');
    await writeFile(at('forged.json'), text.replace('"round":1', '"round":2'));
    const forged = await host.run('audit', 'check-proof', at('forged.json'));
    expect([forged.code, forged.stdout.slice(0, 30)]).toEqual([3, 'REFUSED proof/signature-wrong:']);

    // Whoever owns the chain writes it anew, with one record changed that its member signs once more.
    again.process.kill('SIGTERM');
    await again.ended;
    const keys = await readSecrets(dataFolder(member(2)));
    const changed = await rewriteChain({ from: at('chain'), to: at('rewritten') }, keys.privateKey);
    const rewritten = start('chain', '--data', at('rewritten'), '--port', String(port));
    await rewritten.event('chain.ready');
    const node = ['--rpc', rpc, '--contract', contract];
    const audited = await runCommand('audit', 'verify', at('evidence.car'), ...node, '--json');
    const { findings } = JSON.parse(audited.stdout) as { findings: { code: string; sequence: number }[] };
    const places = (code: string) =>
      new Set(findings.filter((each) => each.code === code).map((each) => each.sequence));
    const [parted = -1] = places('audit/log-differs');
    expect([audited.code, places('audit/history-rewritten')]).toEqual([3, new Set([parted])]);
    const bundle = await openBundle(at('evidence.car'));
    const { log } = bundle.evidence;
    await bundle.close();
    expect(log[parted]).toMatchObject({ kind: 'contribution', record: changed });
    const shown = await host.run('audit', 'check-proof', at('proof.json'), ...node);
    expect([shown.code, shown.stdout.slice(0, 32)]).toEqual([3, 'REFUSED proof/history-rewritten:']);
  },
  5 * MINUTES,
);
