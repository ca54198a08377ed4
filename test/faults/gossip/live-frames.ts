import { startWorker } from '../../../scripts/bench/bench-workers.ts';
import { hashContribution } from '../../../src/protocol/contribution.ts';
import { announcement } from '../../builders.ts';
import { bundleWorker } from '../../bundle-worker.ts';
import { eventually } from '../../eventually.ts';
import { controlRow, type FaultRow } from '../fault-row.ts';
import type { HostileAnswers, HostileTask } from './hostile-task.ts';
import { startHonest } from './test-network.ts';
import { usedBytes, watchProcess } from './watch-process.ts';

const WORKER = new URL('hostile-worker.ts', import.meta.url);
const WARM_UP_SHARE = 0.2;
const LARGEST_GROWTH_BYTES = 64 * 1024 * 1024;

/** Mutated frames from an admitted member over live connections; the peer lives on, and still hears an honest one. */
export async function liveFrames(scale: { frames: number; seed: string }): Promise<FaultRow[]> {
  return [await liveRow(scale), await liveControl(scale.seed)];
}

async function liveRow({ frames, seed }: { frames: number; seed: string }): Promise<FaultRow> {
  const members = [1, 2, 3];
  // Whoever sends such frames is cut off after a few: here it is not, so that all of them are read.
  const victim = await startHonest(1, members, [], { banAtPoints: Number.POSITIVE_INFINITY });
  const friend = await startHonest(2, members, victim.network.addresses());
  const hostile = startWorker<HostileTask, HostileAnswers>(await bundleWorker(WORKER));
  try {
    await hostile.ask({ do: 'join', member: 3, victims: victim.network.addresses() });
    // What is loaded and compiled for the first frames is no leak.
    await hostile.ask({ do: 'frames', frames: frames * WARM_UP_SHARE, seed: `${seed}/warm-up` });
    const ended = watchProcess();
    const usedBefore = usedBytes();
    const { sent } = await hostile.ask({ do: 'frames', frames, seed });
    const said = announcement(2, { round: 7 });
    await friend.network.publishContribution(said);
    let heard = false;
    await eventually(() => {
      heard = victim.heard.has(hashContribution(said.record));
      if (!heard) throw new Error('not heard');
    }).catch(() => {});
    // Frames that were sent and not read yet are no leak either; one would not go away.
    await eventually(() => {
      if (usedBytes() - usedBefore > LARGEST_GROWTH_BYTES) throw new Error('not read yet');
    }).catch(() => {});
    const { keptBytes, grownBytes, unhandled } = ended();
    for (const line of unhandled.slice(0, 3)) process.stderr.write(`${line}\n`);
    return {
      name: 'live frames',
      target: `${frames} mutated frames over live connections: 0 unhandled errors, growth after collection ≤ 64 MiB, an honest record is still heard`,
      measured: `${sent} sent, ${unhandled.length} unhandled, growth ${(keptBytes / 2 ** 20).toFixed(0)} MiB (resident at most ${(grownBytes / 2 ** 20).toFixed(0)}), ${heard ? 'heard' : 'NOT heard'}`,
      passed: unhandled.length === 0 && heard && keptBytes <= LARGEST_GROWTH_BYTES,
      seed,
    };
  } finally {
    await hostile.stop();
    await friend.stop();
    await victim.stop();
  }
}

/** The same for a few frames where offences count: the sender is cut off. */
async function liveControl(seed: string): Promise<FaultRow> {
  const victim = await startHonest(1, [1, 3]);
  const hostile = startWorker<HostileTask, HostileAnswers>(await bundleWorker(WORKER));
  try {
    await hostile.ask({ do: 'join', member: 3, victims: victim.network.addresses() });
    await hostile.ask({ do: 'frames', frames: 300, seed });
    const noticed = victim.bans.length;
    return controlRow({
      name: 'live frames: who sends them is cut off',
      measured: `${noticed} cut off`,
      noticed,
      seed,
    });
  } finally {
    await hostile.stop();
    await victim.stop();
  }
}
