import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type CommandHost,
  freePort,
  jsonLines,
  type RunningCommand,
  startCommand,
  startCommandHost,
} from './command.ts';

const MINUTES = 60_000;

/** One that takes more than ten seconds is ended by its watchdog, with exit code 1 and without saying that it has stopped. */
const STOPPED = [0, '', '{"event":"peer.stopped"}'];

let folder: string;
let host: CommandHost;
const running: RunningCommand[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-stop-'));
  host = startCommandHost();
});
afterAll(async () => {
  for (const command of running) {
    command.process.kill('SIGCONT');
    command.process.kill('SIGKILL');
  }
  await Promise.all(running.map(({ ended }) => ended));
  await host.stop();
  await rm(folder, { recursive: true, force: true });
});

test(
  'a peer ends when it is told to while the chain or another member hangs, and goes on when it is started again',
  async () => {
    const at = (...parts: string[]): string => join(folder, ...parts);
    const member = (n: number): string => at('study', 'peers', String(n));
    const ask = async (...args: string[]) => {
      const { stdout } = await host.run(...args, '--json');
      return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}');
    };
    const start = (...args: string[]): RunningCommand => {
      const command = startCommand([...args, '--json']);
      running.push(command);
      return command;
    };
    await ask('demo', 'prepare', '--peers', '2', '--rounds', '400', '--alpha', '1', '--out', at('study'));
    const manifests = [at('study', 'manifest.json'), ...[1, 2].map((n) => join(member(n), 'manifest.json'))];
    for (const path of manifests) {
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
    const first = await ask('peer', 'init', '--data', member(1), ...common, '--listen', listen);
    const second = await ask(
      'peer',
      'init',
      '--data',
      member(2),
      ...common,
      '--bootstrap',
      `${listen}/p2p/${first.peerId}`,
    );
    await script('admit-member', first.account, second.account, '--deployment', at('deployment.json'));
    await script('open-study', '--manifest', at('study', 'manifest.json'), '--deployment', at('deployment.json'));

    const other = start('peer', 'start', '--data', member(2));
    const peerThat = async (phase: string): Promise<RunningCommand> => {
      const peer = start('peer', 'start', '--data', member(1));
      await peer.event(phase);
      return peer;
    };

    // The chain answers nobody any more, in the middle of the study.
    const inRound = await peerThat('round.valued');
    chain.process.kill('SIGSTOP');
    await inRound.event('round.epoch', ({ round }) => Number(round) >= 2);
    expect(await endOf(inRound, 'SIGTERM')).toEqual(STOPPED);
    chain.process.kill('SIGCONT');

    // The other member keeps its connections open and says nothing.
    const connected = await peerThat('round.mixed');
    other.process.kill('SIGSTOP');
    expect(await endOf(connected, 'SIGINT')).toEqual(STOPPED);
    other.process.kill('SIGCONT');

    const again = await peerThat('round.mixed');
    expect(await endOf(again, 'SIGTERM')).toEqual(STOPPED);
    const rounds = jsonLines((await again.ended).stdout).flatMap(({ round }) => (round === undefined ? [] : [round]));
    expect(Math.min(...rounds.map(Number))).toBeGreaterThanOrEqual(1); // it went on where it was
  },
  3 * MINUTES,
);

test(
  'a peer that begins ends when it is told to, though both of its nodes take requests and answer none',
  async () => {
    const asked = Promise.withResolvers<void>();
    const silent = createServer((socket) => {
      socket.on('error', () => {}).once('data', () => asked.resolve());
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const out = join(folder, 'alone');
    await host.run('demo', 'prepare', '--peers', '2', '--rounds', '2', '--alpha', '1', '--out', out);
    const data = join(out, 'peers', '1');
    await host.run('peer', 'init', '--data', data, '--contract', `0x${'11'.repeat(20)}`, '--rpc', `${url},${url}/`);
    const peer = startCommand(['peer', 'start', '--data', data, '--json']);
    running.push(peer);
    await asked.promise;
    expect(await endOf(peer, 'SIGTERM')).toEqual(STOPPED);
    silent.close();
  },
  MINUTES,
);

/** What a process leaves when it is told to end: exit code, standard error, last line of standard output. */
async function endOf(peer: RunningCommand, signal: NodeJS.Signals): Promise<unknown[]> {
  peer.process.kill(signal);
  const { code, stdout, stderr } = await peer.ended;
  return [code, stderr, stdout.trimEnd().split('\n').at(-1)];
}
