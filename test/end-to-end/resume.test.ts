import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Child, startChild } from '../../src/cli/demo/child-process.ts';
import { prepareRun } from '../../src/cli/demo/prepare-run.ts';
import { startChain } from '../../src/cli/demo/start-chain.ts';
import { openAdminDesk } from '../../src/cli/demo/start-ledger.ts';
import { initPeers, startPeers } from '../../src/cli/demo/start-peers.ts';
import type { PeerEvent } from '../../src/peer/peer-event.ts';
import { runCommand } from './command.ts';

let folder: string;
const children: Child[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-resume-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => child.ended));
  await rm(folder, { recursive: true, force: true });
});

/** Where the peer is killed: in training, after signing, after mixing, after valuing. */
const KILLS: Partial<Record<PeerEvent['event'], number>> = {
  'round.epoch': 0,
  'round.announced': 1,
  'round.mixed': 2,
  'round.valued': 3,
};
const ROUNDS = 5;

test('a peer that is killed at any point and started again goes on; nothing is signed twice, and nothing is lost', async () => {
  const options = {
    peers: 2,
    rounds: ROUNDS,
    dataset: 'wdbc',
    alpha: 1,
    segments: 8,
    pulls: null,
    codec: 'top-k' as const, // so that what a crash leaves of an update's residual is tried too
    rule: 'clipped-mean' as const,
    valuation: 'shapley' as const,
    epsilon: null,
    delta: 1e-5,
    seed: 3,
    out: join(folder, 'run'),
    json: true,
    tamper: false,
    kill: null,
    chainOutage: false,
    serve: false,
  };
  const run = await prepareRun(options);
  // Everybody is needed for a round to end: the other peer has to wait for the one that is killed.
  for (const path of [run.folder.manifest, ...[1, 2].map((n) => join(run.folder.peer(n), 'manifest.json'))]) {
    const manifest = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...manifest, waiting: { ...manifest.waiting, quorum: 1 } }));
  }
  const { rpcUrl } = await startChain(run.folder, (child) => children.push(child));
  const desk = await openAdminDesk(run.folder, rpcUrl);
  const accounts = await initPeers(run.folder, 2, options.seed);
  const { ledger: contract } = await desk.deploy();
  await desk.admit(accounts);
  await desk.openStudy();

  const kills: string[] = [];
  const peers: Child[] = [];
  const finished = Promise.withResolvers<void>();
  const watch = (event: PeerEvent): void => {
    if (event.event === 'study.finished') finished.resolve();
    if (KILLS[event.event] === undefined || !('round' in event) || KILLS[event.event] !== event.round) return;
    if (kills.includes(event.event)) return;
    kills.push(event.event);
    const victim = peers[1];
    victim?.kill('SIGKILL');
    void victim?.ended.then(restart);
  };
  const restart = (): void => {
    const child = startChild({
      name: 'peer 2',
      script: 'src/cli/main.ts',
      args: ['peer', 'start', '--data', run.folder.peer(2), '--json'],
      logFile: join(run.folder.logs, 'peer-2.log'),
      onLine: (line) => watch(line as unknown as PeerEvent),
    });
    peers[1] = child;
    children.push(child);
  };
  await startPeers({
    folder: run.folder,
    rpcUrl,
    contract,
    peers: 2,
    onEvent: (peer, event) => {
      if (peer === 2) watch(event);
    },
    onStarted: (child, peer) => {
      peers[peer - 1] = child;
      children.push(child);
    },
  });
  await finished.promise;
  expect(await peers[0]?.ended).toBe(0);
  expect(await peers[1]?.ended).toBe(0);
  expect(kills).toEqual(['round.epoch', 'round.announced', 'round.mixed', 'round.valued']); // the control: it was killed

  const exported = await runCommand('evidence', run.folder.peer(1), run.folder.peer(2), '--out', run.folder.bundle);
  expect([exported.code, exported.stderr]).toEqual([0, '']);
  const audit = await runCommand(
    'audit',
    'verify',
    run.folder.bundle,
    '--rpc',
    rpcUrl,
    '--contract',
    contract,
    '--json',
  );
  const { findings, records } = JSON.parse(audit.stdout);
  expect(findings).toEqual([]);
  expect(records).toEqual({
    contributions: 2 * ROUNDS,
    closings: 2,
    anchored: 2 * ROUNDS,
    valuations: 2 * ROUNDS,
    mixesReplayed: 2 * ROUNDS,
  });
}, 300_000);
