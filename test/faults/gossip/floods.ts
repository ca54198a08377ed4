import { startWorker } from '../../../scripts/bench/bench-workers.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { digest, memberAccount } from '../../builders.ts';
import { bundleWorker } from '../../bundle-worker.ts';
import { controlRow, type FaultRow } from '../fault-row.ts';
import { FLOOD_KINDS, type FloodKind, type HostileAnswers, type HostileTask } from './hostile-task.ts';
import { type HonestPeer, honestRound, median, startHonest } from './test-network.ts';
import { watchProcess } from './watch-process.ts';

const WORKER = new URL('hostile-worker.ts', import.meta.url);
const LARGEST_GROWTH_BYTES = 128 * 1024 * 1024;
const CUT_WITHIN_SECONDS = 5;
const LARGEST_SLOWDOWN = 2;
/** Rounds are some tens of milliseconds here: less than this more is a busy machine's noise. */
const NOISE_MILLISECONDS = 150;
const ROUNDS = 9;
const FLOODER = 3;

/** An admitted member floods another on every kind of message. */
export async function floods({ seconds, seed }: { seconds: number; seed: string }): Promise<FaultRow[]> {
  const rows: FaultRow[] = [];
  for (const kind of FLOOD_KINDS) rows.push(await floodOnce({ kind, seconds, seed }));
  return [...rows, await floodsControl(seed)];
}

/** A victim that cuts nobody off. */
async function floodsControl(seed: string): Promise<FaultRow> {
  const row = await floodOnce({ kind: 'the same record', seconds: 3, seed, banAtPoints: Number.POSITIVE_INFINITY });
  return controlRow({
    name: 'floods: a victim that cuts nobody off',
    measured: row.measured,
    noticed: row.passed ? 0 : 1,
    seed,
  });
}

interface Flood {
  readonly kind: FloodKind;
  readonly seconds: number;
  readonly seed: string;
  /** Offences that are one too many, other than the product's. */
  readonly banAtPoints?: number;
}

async function floodOnce({ kind, seconds, seed, banAtPoints }: Flood): Promise<FaultRow> {
  const members = [1, 2, FLOODER];
  const victim = await startHonest(1, members, [], banAtPoints === undefined ? {} : { banAtPoints });
  const friend = await startHonest(2, members, victim.network.addresses());
  victim.blobs.set(digest('a large segment'), new Uint8Array(16 * 1024 * 1024));
  const hostile = startWorker<HostileTask, HostileAnswers>(await bundleWorker(WORKER));
  try {
    await hostile.ask({ do: 'join', member: FLOODER, victims: victim.network.addresses() });
    const quiet = await rounds(friend, victim, 100);
    const ended = watchProcess();
    const begun = systemClock.now();
    const cut = cutAfter(victim, begun, seconds);
    const flooding = hostile.ask({ do: 'flood', kind, seconds });
    const loud = await rounds(friend, victim, 200);
    const { sent } = await flooding;
    const cutSeconds = await cut;
    const { grownBytes, unhandled, delayP99Milliseconds } = ended();
    const isSlow = loud > LARGEST_SLOWDOWN * quiet && loud - quiet > NOISE_MILLISECONDS;
    const isBack = victim.network.connectedMembers().includes(memberAccount(FLOODER));
    return {
      name: `floods: ${kind}`,
      target: `${seconds} s: growth ≤ 128 MiB, cut off within ${CUT_WITHIN_SECONDS} s and not let in again, honest round ≤ ${LARGEST_SLOWDOWN}×, 0 unhandled errors`,
      measured:
        `${sent} sent, growth ${(grownBytes / 2 ** 20).toFixed(0)} MiB, ${cutSeconds === null ? 'not cut off' : `cut off after ${cutSeconds.toFixed(1)} s`}${isBack ? ', is BACK' : ''}, ` +
        `round ${quiet.toFixed(0)} ms quiet, ${loud.toFixed(0)} ms under it, loop delay p99 ${delayP99Milliseconds.toFixed(0)} ms, ${unhandled.length} unhandled`,
      passed:
        grownBytes <= LARGEST_GROWTH_BYTES &&
        !isSlow &&
        unhandled.length === 0 &&
        cutSeconds !== null &&
        cutSeconds <= CUT_WITHIN_SECONDS &&
        !isBack,
      seed,
    };
  } finally {
    await hostile.stop();
    await friend.stop();
    await victim.stop();
  }
}

async function rounds(from: HonestPeer, to: HonestPeer, first: number): Promise<number> {
  const times: number[] = [];
  for (let round = first; round < first + ROUNDS; round++) times.push(await honestRound(from, to, round));
  return median(times);
}

/** @returns seconds until the victim is rid of the flooder, or null */
async function cutAfter(victim: HonestPeer, begun: number, seconds: number): Promise<number | null> {
  while (systemClock.now() - begun < 1000 * (seconds + CUT_WITHIN_SECONDS)) {
    if (victim.bans.length > 0 && !victim.network.connectedMembers().includes(memberAccount(FLOODER)))
      return (systemClock.now() - begun) / 1000;
    await systemClock.wait(50);
  }
  return null;
}
