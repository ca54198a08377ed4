import type { Hex } from '../../../src/base/bytes.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createSeededRandom, type SeededRandom } from '../../../src/base/seeded-random.ts';
import { controlRow, type FaultRow } from '../fault-row.ts';
import { checkHistory, type PeerHistory } from './check-history.ts';
import { everythingSaid, historyOf } from './history-of.ts';
import { type LightFederation, type Links, startLightFederation } from './light-federation.ts';

const MEMBERS = 10;
const EPOCH_MILLISECONDS = 500;
/** A cut that keeps nothing from anybody shows nothing: it lasts until somebody lacks something, and at most this long. */
const LONGEST_CUT_MILLISECONDS = 60_000;
/** Whoever has not caught up by then counts as having missed it; it only bounds the test. */
const LONGEST_HEALING_MILLISECONDS = 300_000;
const HEALED_ROUNDS = 2;

const SHAPES = ['5/5', '9/1', 'ring', 'star'] as const;
type Shape = (typeof SHAPES)[number];

/** Cuts ten peers apart again and again; after each healing all must know everything that anybody has said. */
export async function partitions({ cuts, seed }: { cuts: number; seed: string }): Promise<FaultRow> {
  const random = createSeededRandom(seed, 'partitions');
  const federation = await startLightFederation({ seed, members: MEMBERS, epochMilliseconds: EPOCH_MILLISECONDS });
  try {
    await untilRound(federation, 1);
    let [divergent, forked, missing, slowest, halfRounds, idle] = [0, 0, 0, 0, 0, 0];
    for (let cut = 0; cut < cuts; cut++) {
      const shape = SHAPES[cut % SHAPES.length] ?? '5/5';
      const before = newestRound(federation);
      await federation.link(cutOf(shape, random));
      if (!(await untilApart(federation))) idle += 1;
      // In 5/5 no side has a quorum: a round that was complete before the cut may end, another may not.
      if (shape === '5/5' && newestRound(federation) > before + 1) halfRounds += 1;
      const outcome = await heal(federation);
      divergent += outcome.divergent;
      forked += outcome.forked;
      missing += outcome.missing;
      slowest = Math.max(slowest, outcome.rounds);
    }
    const failed = federation.peers.filter((peer) => peer.failure() !== null).length;
    return {
      name: 'partitions',
      target: `${cuts} cuts of ${MEMBERS} peers: 0 divergent, 0 forked, 0 half rounds, all contributions everywhere ≤ ${HEALED_ROUNDS} rounds after healing`,
      measured: `${divergent} divergent, ${forked} forked, ${halfRounds} half rounds, ${missing} missing, ${idle} cuts that kept nothing back, ${failed} peers ended, slowest ${slowest} rounds, ${newestRound(federation)} rounds in all`,
      passed: divergent + forked + missing + failed + halfRounds + idle === 0 && slowest <= HEALED_ROUNDS,
      seed,
    };
  } finally {
    await federation.stop();
  }
}

/** A peer that never asks does not hear what was said while it was alone; and a planted divergence is seen. */
export async function partitionControls(seed: string): Promise<FaultRow[]> {
  const federation = await startLightFederation({
    seed,
    members: 4,
    epochMilliseconds: EPOCH_MILLISECONDS,
    weaknessOf: (place) => (place === 0 ? { neverCatchesUp: true } : {}),
  });
  try {
    await untilRound(federation, 1);
    const before = newestRound(federation);
    await federation.link((a, b) => a !== 0 && b !== 0);
    await untilRound(federation, before + 3);
    await federation.link(() => true);
    const healed = newestRound(federation);
    await untilRound(federation, healed + HEALED_ROUNDS + 1);
    const histories = federation.peers.map(historyOf);
    const { missing } = await judge(federation, histories, everythingSaid(histories, healed - 1));
    const { divergent } = checkHistory([...histories, forgedOf(histories)], [], []);
    return [
      controlRow({
        name: 'partitions: a peer that never asks',
        measured: `${missing} missing`,
        noticed: missing,
        seed,
      }),
      controlRow({
        name: 'partitions: a planted divergence',
        measured: `${divergent} divergent`,
        noticed: divergent,
        seed,
      }),
    ];
  } finally {
    await federation.stop();
  }
}

function forgedOf(histories: readonly PeerHistory[]): PeerHistory {
  const [first] = histories;
  if (first === undefined) throw new Error('no history to forge');
  const other: Hex = `0x${'0'.repeat(64)}`;
  return { ...first, known: new Map([...first.known.keys()].slice(0, 1).map((key) => [key, other])) };
}

/** @returns false if nothing that one peer knows was kept from another all the time */
async function untilApart(federation: LightFederation): Promise<boolean> {
  const deadline = systemClock.now() + LONGEST_CUT_MILLISECONDS;
  while (systemClock.now() < deadline) {
    const histories = federation.peers.map(historyOf);
    const { missing } = await judge(federation, histories, everythingSaid(histories, newestRound(federation)));
    if (missing >= MEMBERS) return true;
    await systemClock.wait(200);
  }
  return false;
}

interface Healing {
  readonly divergent: number;
  readonly forked: number;
  readonly missing: number;
  /** How many rounds the newest peer went on until all knew everything. */
  readonly rounds: number;
}

async function heal(federation: LightFederation): Promise<Healing> {
  const expected = everythingSaid(federation.peers.map(historyOf), newestRound(federation));
  const healed = newestRound(federation);
  await federation.link(() => true);
  const deadline = systemClock.now() + LONGEST_HEALING_MILLISECONDS;
  for (;;) {
    const faults = await judge(federation, federation.peers.map(historyOf), expected);
    const rounds = newestRound(federation) - healed;
    if (faults.missing === 0 || systemClock.now() > deadline) return { ...faults, rounds };
    await systemClock.wait(100);
  }
}

async function judge(federation: LightFederation, histories: readonly PeerHistory[], expected: readonly string[]) {
  const entries = await federation.ledger.entries(federation.study, 0);
  return checkHistory(
    histories,
    entries.map(({ head }) => head),
    expected,
  );
}

const newestRound = ({ peers }: LightFederation): number => Math.max(...peers.map((peer) => peer.round()));

async function untilRound(federation: LightFederation, round: number): Promise<void> {
  const deadline = systemClock.now() + LONGEST_HEALING_MILLISECONDS;
  while (newestRound(federation) < round) {
    if (systemClock.now() > deadline) throw new Error(`no peer got to round ${round}`);
    await systemClock.wait(50);
  }
}

function cutOf(shape: Shape, random: SeededRandom): Links {
  const order = random.shuffle(Array.from({ length: MEMBERS }, (_, place) => place));
  const rank = (place: number): number => order.indexOf(place);
  const gap = (a: number, b: number): number => Math.abs(rank(a) - rank(b));
  switch (shape) {
    case '5/5':
      return (a, b) => rank(a) < MEMBERS / 2 === rank(b) < MEMBERS / 2;
    case '9/1':
      return (a, b) => rank(a) !== 0 && rank(b) !== 0;
    case 'ring':
      return (a, b) => gap(a, b) === 1 || gap(a, b) === MEMBERS - 1;
    case 'star':
      return (a, b) => rank(a) === 0 || rank(b) === 0;
  }
}
