import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { controlRow, type FaultRow } from './fault-row.ts';

/** Where a worker kills itself; `none`: it is killed at some moment. */
export type PrivacyFailpoint = 'before-spend' | 'after-spend' | 'after-noise' | 'none';

const FAILPOINTS: readonly PrivacyFailpoint[] = ['before-spend', 'after-spend', 'after-noise', 'none'];
const WORKER = resolve(import.meta.dirname, 'privacy-kill-worker.ts');
const LONGEST_LIFE_MILLISECONDS = 400;

/** Kills a member in the middle of private training again and again: what it has written down is never less than what it let out. */
export async function privacyKills({ kills, seed }: { kills: number; seed: string }): Promise<FaultRow> {
  const { left, paid } = await killed({ kills, seed, weakness: 'none', failpoints: FAILPOINTS });
  return {
    name: 'privacy kills',
    target: `${kills} kills: noisy steps written down ≥ noisy steps that left the process`,
    measured: `${left} left, ${paid} written down`,
    passed: paid >= left && left > 0,
    seed,
  };
}

/** A member that writes its spending down when the round is over. */
export async function privacyKillsControl({ kills, seed }: { kills: number; seed: string }): Promise<FaultRow> {
  const { left, paid } = await killed({ kills, seed, weakness: 'late', failpoints: ['after-noise'] });
  return controlRow({
    name: 'privacy kills: a member that pays after the round',
    measured: `${left} left, ${paid} written down`,
    noticed: left - paid,
    seed,
  });
}

interface Killing {
  readonly kills: number;
  readonly seed: string;
  readonly weakness: 'none' | 'late';
  readonly failpoints: readonly PrivacyFailpoint[];
}

async function killed({ kills, seed, weakness, failpoints }: Killing): Promise<{ left: number; paid: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-privacy-kills-'));
  const random = createSeededRandom(seed, weakness);
  try {
    for (let kill = 0; kill < kills; kill++) {
      const failpoint = failpoints[kill % failpoints.length] ?? 'none';
      await live(folder, { weakness, failpoint, milliseconds: random.integer(LONGEST_LIFE_MILLISECONDS) });
    }
    const lines = (await readFile(join(folder, 'left'), 'utf8')).split('\n');
    const store = openPeerStore(join(folder, 'peer.db'));
    const paid = store.spending.spent().reduce((total, { steps }) => total + steps, 0);
    store.close();
    return { left: lines.length - 1, paid };
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Life {
  readonly weakness: Killing['weakness'];
  readonly failpoint: PrivacyFailpoint;
  /** After which it is killed, counted from when it begins to train, if it has no failpoint. */
  readonly milliseconds: number;
}

async function live(folder: string, { weakness, failpoint, milliseconds }: Life): Promise<void> {
  const args = ['--disable-warning=ExperimentalWarning', WORKER, folder, weakness, failpoint];
  const worker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(worker, 'exit');
  if (failpoint === 'none') {
    await Promise.race([once(worker.stdout, 'data'), gone]);
    await systemClock.wait(milliseconds);
    worker.kill('SIGKILL');
  }
  await gone;
}
