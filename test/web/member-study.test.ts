import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Child } from '../../src/cli/demo/child-process.ts';
import { type PreparedRun, prepareRun } from '../../src/cli/demo/prepare-run.ts';
import { startChain } from '../../src/cli/demo/start-chain.ts';
import { openAdminDesk } from '../../src/cli/demo/start-ledger.ts';
import { initPeers, startPeers } from '../../src/cli/demo/start-peers.ts';
import type { PeerEvent } from '../../src/peer/peer-event.ts';
import { type RunningCommand, runCommand, startCommand } from '../end-to-end/command.ts';
import { describeInBrowser, shoot } from './browser.ts';

const MINUTES = 60_000;
const PEERS = 4; // so that three others score each
const ROUNDS = 9;
/** Whose page is open, and who is killed. */
const OURS = 2;
const KILL_IN = 4;

describeInBrowser("a member's page beside a study", ({ open }) => {
  let folder: string;
  const children: Child[] = [];
  const restarted: RunningCommand[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consilium-page-'));
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    for (const command of restarted) command.process.kill('SIGKILL');
    await Promise.all([...children, ...restarted].map((child) => child.ended));
    await rm(folder, { recursive: true, force: true });
  });

  async function prepare(): Promise<PreparedRun> {
    const run = await prepareRun({
      peers: PEERS,
      rounds: ROUNDS,
      dataset: 'wdbc',
      alpha: 1,
      segments: 8,
      pulls: null,
      codec: 'float32',
      rule: 'clipped-mean',
      valuation: 'shapley',
      epsilon: null,
      delta: 1e-5,
      seed: 5,
      out: join(folder, 'run'),
      json: true,
      tamper: false,
      kill: null,
      chainOutage: false,
      serve: false,
    });
    // Everybody is needed for a round to end: the others wait for the one that is killed.
    const manifests = Array.from({ length: PEERS }, (_, i) => join(run.folder.peer(i + 1), 'manifest.json'));
    for (const path of [run.folder.manifest, ...manifests]) {
      const manifest = JSON.parse(await readFile(path, 'utf8'));
      await writeFile(path, JSON.stringify({ ...manifest, waiting: { ...manifest.waiting, quorum: 1 } }));
    }
    return run;
  }

  /** The rows of the table behind the first curve: loss after each round, and of own data alone. */
  const curve = (page: Page): Promise<string[]> =>
    page.locator('#learning figure').first().locator('tbody tr').allTextContents();
  const studyLoss = (row: string): string => /^\d+?(?=\d\.\d{3})\d\.\d{3}/.exec(row)?.[0] ?? row;

  test(
    'it follows each round, outlives a kill of the peer with the same curves, and says when the study is finished',
    async () => {
      const run = await prepare();
      const { rpcUrl } = await startChain(run.folder, (child) => children.push(child));
      const desk = await openAdminDesk(run.folder, rpcUrl);
      const accounts = await initPeers(run.folder, PEERS, 5);
      const { ledger: contract } = await desk.deploy();
      await desk.admit(accounts);
      await desk.openStudy();

      const peers: Child[] = [];
      const reached = Promise.withResolvers<void>();
      const onEvent = (peer: number, event: PeerEvent): void => {
        if (peer === OURS && event.event === 'round.pulling' && event.round === KILL_IN) reached.resolve();
      };
      const onStarted = (child: Child, peer: number): void => {
        peers[peer - 1] = child;
        children.push(child);
      };
      await startPeers({ folder: run.folder, rpcUrl, contract, peers: PEERS, onEvent, onStarted });

      const data = run.folder.peer(OURS);
      const [asked, told] = await Promise.all([
        runCommand('peer', 'status', '--data', data, '--json'),
        runCommand('peer', 'status', '--data', data),
      ]);
      const { page: address } = JSON.parse(asked.stdout) as { page: string };
      expect(told.stdout).toContain(address);
      const { page, errors, close } = await open();
      await page.goto(address);
      await page.getByText('3 of 9 rounds are done').waitFor({ timeout: MINUTES });
      expect(await page.getByText('own data alone: ').count()).toBe(1);

      await reached.promise;
      peers[OURS - 1]?.kill('SIGKILL');
      await page.getByText(/^Not connected since/).waitFor();
      const before = await curve(page);
      expect(before.length).toBeGreaterThanOrEqual(KILL_IN);
      await shoot(page, 'study-killed');

      const config = join(data, 'peer.json');
      const settings = { aloneBaseline: true, names: { [accounts[OURS - 1] ?? '']: 'Our hospital' } };
      await writeFile(config, JSON.stringify({ ...JSON.parse(await readFile(config, 'utf8')), ...settings }));
      const again = startCommand(['peer', 'start', '--data', data]);
      restarted.push(again);
      await page.getByText('Our hospital').first().waitFor({ timeout: MINUTES });
      expect(await page.getByText(/^Not connected since/).count()).toBe(0);
      const after = await curve(page);
      expect(after.slice(0, before.length).map(studyLoss)).toEqual(before.map(studyLoss));

      await page.getByRole('heading', { name: 'The study is finished' }).waitFor({ timeout: 3 * MINUTES });
      await page.getByText('the peer has ended').waitFor({ timeout: MINUTES });
      expect(await curve(page)).toHaveLength(ROUNDS + 1);
      // Nobody scores what a killed peer could not hand out, and the others' last scores may come after it has gone.
      expect(await page.locator('#value tbody tr').count()).toBeGreaterThanOrEqual(ROUNDS - 3);
      expect(await page.locator('#value').textContent()).toMatch(/All rounds together: −?\d\.\d{4} nats/);
      expect(await page.locator('#learning .reference-line').count()).toBeGreaterThan(0);
      expect(await page.locator('#outbox').textContent()).toContain('Waiting: 0;');
      await shoot(page, 'study-finished');
      expect(errors.filter((error) => !error.includes('ERR_'))).toEqual([]); // but that the peer was away
      const codes = await Promise.all(peers.filter((_, i) => i !== OURS - 1).map((child) => child.ended));
      expect(codes).toEqual([0, 0, 0]);
      const { code, stdout } = await again.ended;
      expect([code, stdout]).toEqual([0, expect.stringContaining(`page ${address}\n`)]); // where it was before
      await close();
    },
    6 * MINUTES,
  );
});
