import { startWorker } from '../../../scripts/bench/bench-workers.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { bundleWorker } from '../../bundle-worker.ts';
import { controlRow, type FaultRow } from '../fault-row.ts';
import type { HostileAnswers, HostileTask } from './hostile-task.ts';
import { honestRound, median, startHonest } from './test-network.ts';

const WORKER = new URL('hostile-worker.ts', import.meta.url);
const LARGEST_SLOWDOWN = 1.2;
/** A handshake takes the victim's core for some tens of milliseconds, and rounds here are as short: of a real one it is nothing. */
const NOISE_MILLISECONDS = 100;
const ROUNDS = 9;
const PAUSE_MILLISECONDS = 350;

/** Strangers with random keys connect again and again; members go on, and a stranger gets no answer to anything. */
export async function strangers(scale: { strangers: number; connects: number; seed: string }): Promise<FaultRow[]> {
  const members = [1, 2];
  const victim = await startHonest(1, members);
  const friend = await startHonest(2, members, victim.network.addresses());
  const crowd = startWorker<HostileTask, HostileAnswers>(await bundleWorker(WORKER));
  try {
    let round = 100;
    const some = async (): Promise<number> => {
      const times: number[] = [];
      for (let i = 0; i < ROUNDS; i++) {
        times.push(await honestRound(friend, victim, round++));
        await systemClock.wait(PAUSE_MILLISECONDS); // real rounds take longer; streams have a quota
      }
      return median(times);
    };
    const quiet = await some();
    const knocking = crowd.ask({
      do: 'knock',
      victim: victim.network.addresses()[0] ?? '',
      strangers: scale.strangers,
      connects: scale.connects,
    });
    const over = new AbortController();
    void knocking.finally(() => over.abort());
    const loud: number[] = [];
    do loud.push(await some());
    while (!over.signal.aborted);
    const { attempts, streams } = await knocking;
    const under = median(loud);
    const friends = victim.network.connectedMembers().length;
    return [
      {
        name: 'strangers',
        target: `${scale.strangers} strangers, ${scale.connects} connections each: 0 answers, honest round ≤ ${LARGEST_SLOWDOWN}×`,
        measured: `${attempts} attempts, ${streams} answers, round ${quiet.toFixed(0)} ms quiet, ${under.toFixed(0)} ms under it (${(under / quiet).toFixed(2)}×), ${friends} member connected`,
        passed:
          streams === 0 && friends === 1 && (under <= LARGEST_SLOWDOWN * quiet || under - quiet <= NOISE_MILLISECONDS),
        seed: scale.seed,
      },
      controlRow({
        name: 'strangers: they did knock',
        measured: `${attempts} attempts`,
        noticed: attempts,
        seed: scale.seed,
      }),
    ];
  } finally {
    await crowd.stop();
    await friend.stop();
    await victim.stop();
  }
}
