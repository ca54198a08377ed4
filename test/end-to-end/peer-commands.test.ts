import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type CommandHost,
  freePort,
  type RunningCommand,
  runCommand,
  startCommand,
  startCommandHost,
} from './command.ts';

const MINUTES = 60_000;

let folder: string;
let host: CommandHost;
const running: RunningCommand[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-peer-commands-'));
  host = startCommandHost();
});
afterAll(async () => {
  for (const command of running) command.process.kill('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  await host.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What a member does with a peer: looks at it, stops it in several phases, starts it again, and leaves the study. */
test(
  'a peer is looked at, stopped in every phase, started again, and withdrawn',
  async () => {
    const at = (...parts: string[]): string => join(folder, ...parts);
    const member = (n: number): string => at('study', 'peers', String(n));
    const ask = async (...args: string[]) => {
      const { code, stdout, stderr } = await host.run(...args, '--json');
      return { code, stderr, value: JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}') };
    };
    const start = (...args: string[]): RunningCommand => {
      const command = startCommand([...args, '--json']);
      running.push(command);
      return command;
    };
    await ask('demo', 'prepare', '--peers', '2', '--rounds', '400', '--alpha', '1', '--out', at('study'));
    // Nobody goes on without the other.
    for (const path of [
      at('study', 'manifest.json'),
      join(member(1), 'manifest.json'),
      join(member(2), 'manifest.json'),
    ]) {
      const manifest = JSON.parse(await readFile(path, 'utf8'));
      await writeFile(path, JSON.stringify({ ...manifest, waiting: { ...manifest.waiting, quorum: 1 } }));
    }
    const chain = start('chain', '--data', at('chain'), '--port', '0');
    const rpc = String((await chain.event('chain.ready')).url);
    await ask('peer', 'init', '--data', at('admin'));
    const key = ['--rpc', rpc, '--keystore', at('admin', 'keystore.json'), '--password-file', at('admin', 'password')];
    const script = async (name: string, ...args: string[]) => {
      const { stdout } = await host.script(name, ...args, ...key, '--json');
      return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}');
    };
    const contract = String((await script('deploy', '--out', at('deployment.json'))).ledger);
    const listen = `/ip4/127.0.0.1/tcp/${await freePort()}`;
    const common = ['--contract', contract, '--rpc', rpc];
    const first = (await ask('peer', 'init', '--data', member(1), ...common, '--listen', listen)).value;
    const second = (
      await ask('peer', 'init', '--data', member(2), ...common, '--bootstrap', `${listen}/p2p/${first.peerId}`)
    ).value;
    await script('admit-member', first.account, second.account, '--deployment', at('deployment.json'));
    await script('open-study', '--manifest', at('study', 'manifest.json'), '--deployment', at('deployment.json'));

    const idle = await ask('peer', 'status', '--data', member(1));
    expect([idle.code, idle.value]).toMatchObject([0, { running: false, account: first.account, round: null }]);
    expect((await ask('peer', 'stop', '--data', member(1))).value).toEqual({ stopped: false, pid: null });

    start('peer', 'start', '--data', member(2));
    for (const [i, phase] of ['round.started', 'round.announced', 'round.pulling', 'round.valued'].entries()) {
      const peer = start('peer', 'start', '--data', member(1));
      await peer.event(phase);
      const { value } = await ask('peer', 'status', '--data', member(1));
      expect(value).toMatchObject({ running: true, pid: peer.process.pid, account: first.account });
      const metrics = await fetch(`${value.url}/metrics`);
      expect(await metrics.text()).toContain('consilium_rounds 400');
      if (i === 0) {
        const refused = await runCommand('peer', 'start', '--data', member(1)); // a second peer on the same folder
        expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/^peer\/store-locked/)]);
      }
      expect((await ask('peer', 'stop', '--data', member(1))).value).toEqual({ stopped: true, pid: peer.process.pid });
      const { code, stdout } = await peer.ended;
      expect([code, stdout]).toEqual([0, expect.stringContaining('{"event":"peer.stopped"}')]);
    }
    expect((await ask('peer', 'status', '--data', member(1))).value.round).toBeGreaterThanOrEqual(1); // it went on each time

    const unasked = await host.run('peer', 'withdraw', '--data', member(1));
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringMatching(/^cli\/usage/)]);
    const left = await ask('peer', 'withdraw', '--data', member(1), '--yes');
    expect([left.code, left.value.changed]).toEqual([0, true]);
    expect((await ask('peer', 'withdraw', '--data', member(1), '--yes')).value).toEqual({
      ...left.value,
      changed: false,
    });
    const last = start('peer', 'start', '--data', member(1));
    const ended = await last.ended;
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('{"event":"study.withdrawn"}')]);

    const lines = (await readFile(join(member(1), 'peer.log'), 'utf8')).trimEnd().split('\n');
    expect(lines.every((line) => typeof JSON.parse(line).event === 'string')).toBe(true);
  },
  5 * MINUTES,
);
