import { readdirSync } from 'node:fs';
import { systemClock } from '../../../src/base/clock.ts';
import { controlRow, type FaultRow } from '../fault-row.ts';
import { type LightFederation, startLightFederation } from './light-federation.ts';

const MEMBERS = 4;
const EPOCH_MILLISECONDS = 50;
const SAMPLE_MILLISECONDS = 1_000;
/** Records of a round are kept on disk, but their log in memory, once a peer and once on the ledger: tens of kilobytes a round. */
const LARGEST_BYTES_PER_ROUND = 64 * 1024;
/** What compilers and caches still take after the warm-up, whatever the number of rounds. */
const LARGEST_BYTES = 24 * 1024 * 1024;
/** A restart of a peer may still be under way when one looks: two connections to each other one, at both ends. */
const LARGEST_MORE_DESCRIPTORS = 32;
const LEAK_BYTES = 8 * 1024 * 1024;
/** Until everything is loaded, connected and compiled. */
const WARM_UP_SHARE = 1 / 3;

interface Sample {
  readonly round: number;
  readonly heapBytes: number;
  readonly descriptors: number;
}

export interface SoakScale {
  readonly seconds: number;
  /** After so many samples a peer is stopped and started again. */
  readonly restartSamples: number;
  readonly seed: string;
}

/** Many short rounds; every now and then a peer is stopped and started again. */
export async function soak(scale: SoakScale): Promise<FaultRow[]> {
  const { seconds, seed } = scale;
  const steady = await live({ ...scale, leakBytes: 0 });
  const leaking = await live({ ...scale, seconds: Math.min(seconds, 20), leakBytes: LEAK_BYTES });
  return [
    {
      name: 'soak',
      target: `${seconds} s of rounds and restarts: heap grows by ≤ 24 MiB and 64 KiB a round, descriptors stay`,
      measured: `${steady.rounds} rounds, ${steady.restarts} restarts, ${(steady.grownBytes / 2 ** 20).toFixed(1)} MiB, ${steady.moreDescriptors} more descriptors`,
      passed: isFlat(steady) && steady.rounds > 0,
      seed,
    },
    controlRow({
      name: 'soak: a leak of 8 MiB a second',
      measured: `${(leaking.grownBytes / 2 ** 20).toFixed(1)} MiB`,
      noticed: isFlat(leaking) ? 0 : 1,
      seed,
    }),
  ];
}

interface Life {
  readonly rounds: number;
  readonly restarts: number;
  /** Between the two halves, and in so many rounds. */
  readonly grownBytes: number;
  readonly grownRounds: number;
  readonly moreDescriptors: number;
}

const isFlat = ({ grownBytes, grownRounds, moreDescriptors }: Life): boolean =>
  grownBytes <= LARGEST_BYTES + LARGEST_BYTES_PER_ROUND * grownRounds && moreDescriptors <= LARGEST_MORE_DESCRIPTORS;

async function live(options: SoakScale & { leakBytes: number }): Promise<Life> {
  const federation = await startLightFederation({
    seed: options.seed,
    members: MEMBERS,
    epochMilliseconds: EPOCH_MILLISECONDS,
  });
  const leaked: unknown[] = [];
  const samples: Sample[] = [];
  let restarts = 0;
  try {
    const end = systemClock.now() + 1000 * options.seconds;
    for (let turn = 1; systemClock.now() < end; turn++) {
      await systemClock.wait(SAMPLE_MILLISECONDS);
      if (options.leakBytes > 0) leaked.push(Array.from({ length: options.leakBytes / 8 }, (_, i) => i + turn / 3));
      if (turn % options.restartSamples === 0) {
        await federation.peers[MEMBERS - 1]?.stop();
        await federation.start(MEMBERS - 1);
        restarts += 1;
      }
      samples.push(sampleOf(federation));
    }
  } finally {
    await federation.stop();
    leaked.length = 0;
  }
  return { ...slopes(samples.slice(Math.floor(samples.length * WARM_UP_SHARE))), restarts };
}

function sampleOf({ peers }: LightFederation): Sample {
  globalThis.gc?.();
  const round = Math.max(...peers.map((peer) => peer.round()));
  return { round, heapBytes: process.memoryUsage().heapUsed, descriptors: readdirSync('/proc/self/fd').length };
}

/** Between the least of the first half and the least of the second, so that one peak says nothing. */
function slopes(samples: readonly Sample[]): Omit<Life, 'restarts'> {
  const half = Math.floor(samples.length / 2);
  const least = (of: readonly Sample[]): Sample =>
    of.reduce((a, b) => (b.heapBytes < a.heapBytes ? b : a), of[0] ?? { round: 0, heapBytes: 0, descriptors: 0 });
  const [before, after] = [least(samples.slice(0, half)), least(samples.slice(half))];
  const fewest = (of: readonly Sample[]): number => Math.min(...of.map(({ descriptors }) => descriptors));
  return {
    rounds: (samples.at(-1)?.round ?? 0) - (samples[0]?.round ?? 0),
    grownBytes: after.heapBytes - before.heapBytes,
    grownRounds: after.round - before.round,
    moreDescriptors: fewest(samples.slice(half)) - fewest(samples.slice(0, half)),
  };
}
