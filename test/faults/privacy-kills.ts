import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { bundleWorker, COMPILED_BEFORE } from '../bundle-worker.ts';
import { controlRow, type FaultRow } from './fault-row.ts';

/** Where a worker kills itself; `none`: it is killed from outside, at some moment of some round. */
export type PrivacyFailpoint = 'before-spend' | 'after-spend' | 'after-noise' | 'none';

const FAILPOINTS: readonly PrivacyFailpoint[] = ['before-spend', 'after-spend', 'after-noise', 'none'];
const WORKER = new URL('privacy-kill-worker.ts', import.meta.url);
/** Rounds of one life before the one it is killed in, at most. */
const MOST_ROUNDS = 4;
/** About what two rounds take; the kill from outside comes within it. */
const LONGEST_WAIT_MILLISECONDS = 60;

/**
 * Kills a member in the middle of private training again and again. Each life is looked at by itself: what one life wrote down
 * and never let out must not stand in for what another let out and never wrote down.
 */
export async function privacyKills({ kills, seed }: { kills: number; seed: string }): Promise<FaultRow> {
  const lives = await killed({ kills, seed, weakness: 'none', failpoints: FAILPOINTS });
  const { left, paid, underCounted, overCounted } = summed(lives);
  return {
    name: 'privacy kills',
    target: `${kills} kills: no life lets out more noisy steps than it wrote down, or writes down more than the one it was killed in`,
    measured: `${left} left, ${paid} written down; ${underCounted} lives wrote too little, ${overCounted} too much`,
    passed: lives.length === kills && left > 0 && underCounted === 0 && overCounted === 0,
    seed,
  };
}

/** A member that writes its spending down when the round is over. */
export async function privacyKillsControl({ kills, seed }: { kills: number; seed: string }): Promise<FaultRow> {
  const { left, paid, underCounted } = summed(
    await killed({ kills, seed, weakness: 'late', failpoints: ['after-noise'] }),
  );
  return controlRow({
    name: 'privacy kills: a member that pays after the round',
    measured: `${left} left, ${paid} written down; ${underCounted} lives wrote too little`,
    noticed: underCounted,
    seed,
  });
}

/** Noisy steps that left the process, and noisy steps that are written down. */
interface Steps {
  readonly left: number;
  readonly paid: number;
}

function summed(lives: readonly Steps[]): Steps & { readonly underCounted: number; readonly overCounted: number } {
  return {
    left: lives.reduce((total, { left }) => total + left, 0),
    paid: lives.reduce((total, { paid }) => total + paid, 0),
    underCounted: lives.filter(({ left, paid }) => paid < left).length,
    overCounted: lives.filter(({ left, paid }) => paid > left + 1).length,
  };
}

interface Killing {
  readonly kills: number;
  readonly seed: string;
  readonly weakness: 'none' | 'late';
  readonly failpoints: readonly PrivacyFailpoint[];
}

/** @returns the steps of each life, in order */
async function killed({ kills, seed, weakness, failpoints }: Killing): Promise<Steps[]> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-privacy-kills-'));
  const random = createSeededRandom(seed, weakness);
  const lives: Steps[] = [];
  try {
    let before: Steps = { left: 0, paid: 0 };
    for (let kill = 0; kill < kills; kill++) {
      const failpoint = failpoints[kill % failpoints.length] ?? 'none';
      const rounds = random.integer(MOST_ROUNDS + 1);
      await live(folder, { weakness, failpoint, rounds, milliseconds: random.integer(LONGEST_WAIT_MILLISECONDS) });
      const after = await stepsIn(folder);
      lives.push({ left: after.left - before.left, paid: after.paid - before.paid });
      before = after;
    }
    return lives;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function stepsIn(folder: string): Promise<Steps> {
  const lines = (await readFile(join(folder, 'left'), 'utf8')).split('\n');
  const store = openPeerStore(join(folder, 'peer.db'));
  const paid = store.spending.spent().reduce((total, { steps }) => total + steps, 0);
  store.close();
  return { left: lines.length - 1, paid };
}

interface Life {
  readonly weakness: Killing['weakness'];
  readonly failpoint: PrivacyFailpoint;
  /** Whole rounds before it is killed. */
  readonly rounds: number;
  /** After which it is killed, counted from the end of those rounds, if it has no failpoint. */
  readonly milliseconds: number;
}

async function live(folder: string, { weakness, failpoint, rounds, milliseconds }: Life): Promise<void> {
  const script = fileURLToPath(await bundleWorker(WORKER));
  const args = ['--disable-warning=ExperimentalWarning', script, folder, weakness, failpoint, String(rounds)];
  const worker = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...COMPILED_BEFORE },
  });
  const gone = once(worker, 'exit');
  if (failpoint === 'none') {
    await roundsBegun(worker.stdout, rounds + 1);
    await systemClock.wait(milliseconds);
    worker.kill('SIGKILL');
  }
  const [code, signal] = await gone;
  if (signal !== 'SIGKILL') throw new Error(`a worker was not killed: it ended with ${code ?? signal}`);
}

/** The worker writes a line when it begins a round. Resolves early if it ends. */
async function roundsBegun(output: Readable, rounds: number): Promise<void> {
  let begun = 0;
  for await (const _ of createInterface({ input: output })) if (++begun === rounds) return;
}
