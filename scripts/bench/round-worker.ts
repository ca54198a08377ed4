/** One peer of `bench:round`: does what its parent asks for, over the process's message channel. See round-task.ts. */
import type { Hex } from '../../src/base/bytes.ts';
import { sha256, toHex } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import type { Order } from '../../src/gossip/obtain-blobs.ts';
import type { StudyNetwork } from '../../src/gossip/study-network.ts';
import { computeMix } from '../../src/mixing/compute-mix.ts';
import { type MixPlan, planMix } from '../../src/mixing/plan-mix.ts';
import type { Announcement } from '../../src/protocol/announcement.ts';
import {
  decodeSegment,
  encodeSegment,
  type SegmentedModel,
  segmentModel,
  segmentRange,
} from '../../src/protocol/segments.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';
import { contribution, DOMAIN, memberAccount, memberKey } from '../../test/builders.ts';
import { answerTasks } from './answer-tasks.ts';
import { nudgeUntil } from './nudge-until.ts';
import { createRoundPeer } from './round-peer.ts';
import type { PullAnswer, RoundAnswers, RoundTask } from './round-task.ts';
import { routeThroughProxy } from './route-through-proxy.ts';

/** A machine that is busy beyond measure can let a dial time out; time runs on while it is tried again. */
const ATTEMPTS = 3;
const NEVER = new AbortController().signal;
/** Odd, so that different places get different numbers. */
const SCATTER = 2_654_435_761;

let self = 0;
let accounts: Hex[] = [];
let network: StudyNetwork;
let current = { round: 0, parameters: 0, segments: 1 };
let own: SegmentedModel = segmentModel(new Float32Array(1), 1);
const blobs = new Map<Hex, Uint8Array>();
const heard = new Map<Hex, Announcement>();

function announcements(round: number): Announcement[] {
  return [...heard.values()].filter(({ record }) => record.round === round);
}

function ownAnnouncement(): Announcement {
  const record = contribution({ member: memberAccount(self + 1), round: current.round, update: own.root });
  return {
    record,
    signature: signDigest(memberKey(self + 1), contributionDigest(DOMAIN, record)),
    segments: [...own.digests],
  };
}

function planOf(pulls: number): MixPlan {
  const entries = announcements(current.round).map(({ record: { member, round, update } }) => ({
    member,
    round,
    update,
  }));
  const member = memberAccount(self + 1);
  return planMix({ member, round: current.round, entries, segments: current.segments, pulls });
}

const bytesOfSegment = (segment: number): number => {
  const { start, end } = segmentRange(current.parameters, current.segments, segment);
  return 4 * (end - start);
};

/** What the plan names and is not here, from whoever made it, else from another connected member, as a peer asks (X3). */
function ordersOf(plan: MixPlan): Order[] {
  return plan.sources.flatMap((sources, segment) =>
    sources.flatMap((source) => {
      const maker = plan.entries[source]?.member ?? '0x';
      const digest = heard.get(maker)?.segments[segment] ?? '0x';
      const others = network.connectedMembers().filter((member) => member !== maker);
      const order = { digest, maximumBytes: bytesOfSegment(segment), providers: [maker, ...others] };
      return blobs.has(digest) ? [] : [order];
    }),
  );
}

async function obtainAll(orders: readonly Order[]): Promise<number[]> {
  const bytesFrom = accounts.map(() => 0);
  const keep = async (digest: Hex, bytes: Uint8Array): Promise<void> => void blobs.set(digest, bytes);
  const isMissing = ({ digest }: Order): boolean => !blobs.has(digest);
  for (let attempt = 0; attempt < ATTEMPTS && orders.some(isMissing); attempt++) {
    await network.obtain(orders.filter(isMissing), keep, NEVER);
  }
  const missing = orders.filter(isMissing).length;
  if (missing > 0) throw new Error(`${missing} of ${orders.length} segments did not come`);
  for (const { maximumBytes, providers } of orders) {
    const maker = accounts.indexOf(providers[0] ?? '0x');
    bytesFrom[maker] = (bytesFrom[maker] ?? 0) + maximumBytes;
  }
  return bytesFrom;
}

/** As a peer does it, with an all-zero base. @returns the mix's segments */
async function mix(plan: MixPlan): Promise<Hex[]> {
  const results: Hex[] = [];
  const digestOf = (entry: number, segment: number): Hex =>
    heard.get(plan.entries[entry]?.member ?? '0x')?.segments[segment] ?? '0x';
  await computeMix(
    {
      manifest: {
        aggregation: { rule: 'clipped-mean', clipFactor: 3, weightShareCap: 0.5 },
        rounds: 10,
        staleness: { boundRounds: 3, discount: 0.5 },
      },
      round: current.round,
      plan,
      samples: plan.entries.map(() => 100),
      baseOf: async (segment) => new Float32Array(bytesOfSegment(segment) / 4),
      segmentOf: async (entry, segment) => decodeSegment(blobs.get(digestOf(entry, segment)) ?? new Uint8Array()),
    },
    async (parameters) => {
      const bytes = encodeSegment(parameters).slice();
      const digest = toHex(sha256(bytes));
      blobs.set(digest, bytes);
      results.push(digest);
    },
  );
  return results;
}

async function pullAndMix(pulls: number): Promise<PullAnswer & { digests: Hex[] }> {
  const begun = systemClock.now();
  const plan = planOf(pulls);
  const bytesFrom = await obtainAll(ordersOf(plan));
  const digests = await mix(plan);
  return { seconds: (systemClock.now() - begun) / 1000, bytesFrom, digests };
}

answerTasks<RoundTask, RoundAnswers>({
  async listen({ self: number, workers, listen, earlier, proxyPort }) {
    self = number;
    accounts = Array.from({ length: workers }, (_, i) => memberAccount(i + 1));
    if (proxyPort !== null) routeThroughProxy(self, proxyPort);
    network = createRoundPeer(
      {
        members: new Set(accounts),
        segments: () => current.segments,
        blobs: { get: async (digest) => blobs.get(digest) ?? null },
        announcements,
        onContribution: (announcement) => void heard.set(announcement.record.member, announcement),
      },
      { privateKey: memberKey(self + 1), listen: [listen], bootstrap: earlier },
    );
    await network.start();
    return { address: network.addresses()[0] ?? '' };
  },

  async connect({ others }) {
    await network.maintain();
    await nudgeUntil(() => network.connectedMembers().length >= others, network.maintain);
    return null;
  },

  async prepare({ round, parameters, segments }) {
    const values = new Float32Array(parameters);
    const offset = self * parameters;
    for (let k = 0; k < parameters; k++) values[k] = (Math.imul(offset + k, SCATTER) >>> 0) / 2 ** 32;
    current = { round, parameters, segments };
    own = segmentModel(values, segments);
    blobs.clear();
    heard.clear();
    for (const [i, digest] of own.digests.entries()) blobs.set(digest, own.blobs[i] ?? new Uint8Array());
    globalThis.gc?.();
    return null;
  },

  async announce({ peers }) {
    if (self < peers) {
      const announcement = ownAnnouncement();
      heard.set(announcement.record.member, announcement);
      await network.publishContribution(announcement);
    }
    // Gossip does not repeat itself; a mesh that is just forming may miss an announcement.
    const isComplete = (): boolean => announcements(current.round).length >= peers;
    await nudgeUntil(isComplete, () => network.catchUp(current.round));
    return null;
  },

  async pull({ pulls }) {
    const { seconds, bytesFrom } = await pullAndMix(pulls);
    return { seconds, bytesFrom };
  },

  collect: () => pullAndMix(accounts.length),

  async take({ server, digests }) {
    const begun = systemClock.now();
    const orders = digests.map((digest, segment) => ({
      digest,
      maximumBytes: bytesOfSegment(segment),
      providers: [accounts[server] ?? '0x'],
    }));
    const bytesFrom = await obtainAll(orders);
    return { seconds: (systemClock.now() - begun) / 1000, bytesFrom };
  },
});
