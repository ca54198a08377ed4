import { type BenchWorker, startWorker } from '../../../scripts/bench/bench-workers.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { memberAccount } from '../../builders.ts';
import { bundleWorker } from '../../bundle-worker.ts';
import { labAvailable } from '../../lab/lab-available.ts';
import { createNetworkLab, type NetworkLab } from '../../lab/network-lab.ts';
import { controlRow, type FaultRow, skippedRow } from '../fault-row.ts';
import type { LinkAnswers, LinkTask } from './link-worker.ts';

type Worker = BenchWorker<LinkTask, LinkAnswers>;

const WORKER = new URL('link-worker.ts', import.meta.url);
const MEMBERS = [1, 2, 3];
const PORT = 4001;
const SLOW_BITS_PER_SECOND = 1e6;
const BLOB_BYTES = 1_000_000;
const LONGEST_MILLISECONDS = 60_000;

interface Peers {
  readonly lab: NetworkLab;
  readonly workers: readonly Worker[];
  readonly pids: readonly number[];
}

/** What happens on and to links between processes, each in a network namespace of its own. */
export async function links({ stoppedSeconds, seed }: { stoppedSeconds: number; seed: string }): Promise<FaultRow[]> {
  const reason = await labAvailable();
  if (reason !== null) return [skippedRow('links', reason)];
  const lab = await createNetworkLab(MEMBERS.length);
  const script = await bundleWorker(WORKER);
  const workers = MEMBERS.map((_, place) => startWorker<LinkTask, LinkAnswers>(script, lab.prefix(place)));
  try {
    const bootstrap: string[] = [];
    const pids: number[] = [];
    for (const [place, worker] of workers.entries()) {
      const listen = `/ip4/${lab.addresses[place]}/tcp/${PORT}`;
      const { addresses, pid } = await worker.ask({
        do: 'start',
        n: place + 1,
        members: MEMBERS,
        listen,
        bootstrap: [...bootstrap],
      });
      bootstrap.push(addresses[0] ?? '');
      pids.push(pid);
    }
    const peers = { lab, workers, pids };
    await everybodyHears(peers, 1);
    return [
      ...(await oneWay(peers, seed)),
      await slowLink(peers, seed),
      await stoppedProcess(peers, stoppedSeconds, seed),
    ];
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await lab.stop();
  }
}

/** True once a peer knows what a member says of a round; it asks once a second, as whoever waits does. */
async function hears(
  { workers }: Peers,
  place: number,
  of: { member: number; round: number; within?: number },
): Promise<boolean> {
  const deadline = systemClock.now() + (of.within ?? LONGEST_MILLISECONDS);
  do {
    const answer = await workers[place]?.ask({ do: 'heard', round: of.round, ask: true });
    if (answer?.members.includes(memberAccount(of.member))) return true;
    await systemClock.wait(1_000);
  } while (systemClock.now() < deadline);
  return false;
}

async function everybodyHears(peers: Peers, round: number): Promise<boolean> {
  for (const worker of peers.workers) await worker.ask({ do: 'say', round });
  let all = true;
  for (const place of peers.workers.keys()) {
    for (const member of MEMBERS) all = (await hears(peers, place, { member, round })) && all;
  }
  return all;
}

/** What the first sends to the second is lost; the third still passes it on. The control: from the third it is lost as well. */
async function oneWay(peers: Peers, seed: string): Promise<FaultRow[]> {
  const { lab, workers } = peers;
  await lab.cut(0, 1);
  await workers[0]?.ask({ do: 'say', round: 2 });
  const around = await hears(peers, 1, { member: 1, round: 2 });
  await lab.cut(2, 1);
  await workers[0]?.ask({ do: 'say', round: 3 });
  const anyway = await hears(peers, 1, { member: 1, round: 3, within: 8_000 });
  await lab.heal();
  const healed = await hears(peers, 1, { member: 1, round: 3 });
  return [
    {
      name: 'links: one-way cut',
      target: 'what is lost on one link arrives around it, and everything after healing',
      measured: `${around ? 'arrived' : 'LOST'} around the cut, ${healed ? 'arrived' : 'LOST'} after healing`,
      passed: around && healed,
      seed,
    },
    controlRow({
      name: 'links: all ways cut',
      measured: anyway ? 'arrived all the same' : 'lost',
      noticed: anyway ? 0 : 1,
      seed,
    }),
  ];
}

/** A transfer over 1 Mbit/s takes its time and comes to its end: nobody loses patience with a link that is only slow. */
async function slowLink({ lab, workers }: Peers, seed: string): Promise<FaultRow> {
  const [receiver, , sender] = workers;
  const held = await sender?.ask({ do: 'hold', bytes: BLOB_BYTES });
  await lab.limit(2, { upBitsPerSecond: SLOW_BITS_PER_SECOND, downBitsPerSecond: SLOW_BITS_PER_SECOND });
  const answer = await receiver?.ask({ do: 'fetch', digest: held?.digest ?? '0x', bytes: BLOB_BYTES, from: 3 });
  const alive = (await receiver?.ask({ do: 'heard', round: 1, ask: false }))?.connected;
  await lab.limit(2, null);
  const least = (8 * BLOB_BYTES) / SLOW_BITS_PER_SECOND;
  const seconds = answer?.seconds ?? null;
  return {
    name: 'links: 1 Mbit/s',
    target: `${BLOB_BYTES / 1e6} MB comes whole, no connection is lost`,
    measured: `${seconds === null ? 'did not come' : `${seconds.toFixed(1)} s, at least ${least.toFixed(1)} by the link`}, ${alive} members connected`,
    passed: seconds !== null && seconds >= 0.9 * least && alive === 2,
    seed,
  };
}

/** A process that stands still for a while misses what is said, and has it soon after it goes on. */
async function stoppedProcess(peers: Peers, seconds: number, seed: string): Promise<FaultRow> {
  const pid = peers.pids[2] ?? 0;
  process.kill(pid, 'SIGSTOP');
  let others = true;
  try {
    for (const worker of peers.workers.slice(0, 2)) await worker.ask({ do: 'say', round: 4 });
    others = await hears(peers, 1, { member: 1, round: 4 });
    await systemClock.wait(1000 * seconds);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const caughtUp = (await hears(peers, 2, { member: 1, round: 4 })) && (await hears(peers, 2, { member: 2, round: 4 }));
  const heardAgain = await everybodyHears(peers, 5);
  return {
    name: 'links: SIGSTOP',
    target: `a process that stands still for ${seconds} s: the others go on, it catches up and is heard again`,
    measured: `others ${others ? 'went on' : 'STOPPED'}, it ${caughtUp ? 'caught up' : 'did NOT catch up'}, ${heardAgain ? 'all heard' : 'NOT all heard'} afterwards`,
    passed: others && caughtUp && heardAgain,
    seed,
  };
}
