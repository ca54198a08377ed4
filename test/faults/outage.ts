import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { connectLedger, type LedgerConnection } from '../../src/ledger/ethers-ledger.ts';
import type { OutboxItem } from '../../src/ledger/outbox-item.ts';
import { hashContent } from '../../src/protocol/ledger-entry.ts';
import { memberKey } from '../builders.ts';
import { eventually } from '../eventually.ts';
import { createFaultProxy, FAULTS, type Fault } from '../ledger/faulty-node.ts';
import { addShortfalls, checkAnchored, describeShortfall, isSound, type Shortfall } from './check-anchored.ts';
import { controlRow, type FaultRow } from './fault-row.ts';
import { type FaultStudy, startFaultStudy } from './fault-study.ts';
import { hurriedClock } from './hurried-clock.ts';
import { blind, type MemberOutbox, startMemberOutbox } from './member-outbox.ts';
import { recordsOf } from './study-records.ts';

export interface OutageScale {
  readonly members: number;
  /** Each member brings 2 · rounds − 1 records. */
  readonly rounds: number;
  /** How often the node goes through all its faults. */
  readonly cycles: number;
  readonly seed: string;
}

/** After this long a request that hangs counts as down: less than in a peer, so that the test meets many outages in little time. */
const PATIENCE_MILLISECONDS = 1_000;
/** Requests that each fault meets. */
const FAULTY_REQUESTS = 6;
/** Requests that are answered between two faults, so that records are on their way when the next one comes. */
const CALM_REQUESTS = 25;
/** The outboxes wait a twentieth of their time between two attempts, so that the test meets many outages in little time. */
const HURRY = 20;
const DRAIN_MILLISECONDS = 300_000;

/** Records go into outboxes while the node misbehaves in every way that it can; all must be anchored, once, after it is back. */
export async function outage(scale: OutageScale): Promise<FaultRow> {
  const { records, refused, shortfall, drainSeconds } = await bringThroughOutage(scale, {});
  const seconds = drainSeconds.toFixed(1);
  return {
    name: 'outage',
    target: `${records} records: 0 lost, 0 twice, order kept, anchored ≤ 300 s after the node is back`,
    measured: `${describeShortfall(shortfall)}, ${refused} given up; drained ${seconds} s after the node was back`,
    passed: isSound(shortfall) && refused === 0 && drainSeconds <= DRAIN_MILLISECONDS / 1000,
    seed: scale.seed,
  };
}

/** The same with an outbox that does not look for its own events: it takes what it has brought for refused. */
export async function outageControl(seed: string): Promise<FaultRow> {
  const scale = { members: 2, rounds: 6, cycles: 1, seed };
  const faults = FAULTS.filter((fault) => !SLOW.has(fault));
  const { refused } = await bringThroughOutage(scale, { spoil: blind, faults });
  const measured = `${refused} anchored records given up by an outbox that does not look for its own events`;
  return controlRow({ name: 'outage', measured, seed, noticed: refused });
}

const SLOW: ReadonlySet<Fault> = new Set(['hang', 'half']);

interface Variation {
  readonly spoil?: typeof blind;
  readonly faults?: readonly Fault[];
}

async function bringThroughOutage({ members, rounds, cycles, seed }: OutageScale, variation: Variation) {
  const study = await startFaultStudy({ members, rounds });
  const proxy = await createFaultProxy(study.url);
  const folder = await mkdtemp(join(tmpdir(), 'consilium-outage-'));
  const connection = await connectLedger({
    rpcUrl: proxy.url,
    contract: study.contract,
    timeoutMilliseconds: PATIENCE_MILLISECONDS,
  });
  const numbers = Array.from({ length: members }, (_, i) => i + 1);
  const bring = numbers.map((n) => ({ n, items: recordsOf(n, rounds, study) }));
  const outboxes = numbers.map((n) => startOutbox(connection, study, { n, folder, ...variation }));
  try {
    const random = createSeededRandom(seed, 'outage');
    const turns = Array.from({ length: cycles }, (): Fault[] =>
      random.shuffle<Fault>([...(variation.faults ?? FAULTS), SEND_LOST]),
    ).flat();
    let added = 0;
    const script = faultScript(turns, (turn) => {
      // A share of the records comes in at the beginning of each fault.
      const share = Math.ceil(((turn + 1) / turns.length) * (2 * rounds - 1));
      bring.forEach(({ items }, i) => outboxes[i]?.add(items.slice(added, share)));
      added = share;
    });
    proxy.fault = script.fault;
    await eventually(() => assertThat(script.isOver(), 'the outage goes on'), 600_000);
    const before = systemClock.now();
    const drained = await Promise.all(outboxes.map(({ outbox }) => outbox.drained(DRAIN_MILLISECONDS * HURRY)));
    const drainSeconds = drained.every(Boolean) ? (systemClock.now() - before) / 1000 : Number.POSITIVE_INFINITY;
    const { shortfall, refused } = await judge(study, bring, outboxes);
    return { records: members * (2 * rounds - 1), refused, shortfall, drainSeconds };
  } finally {
    proxy.fault = 'none';
    for (const outbox of outboxes) await outbox.stop();
    connection.close();
    await proxy.stop();
    await study.stop();
    await rm(folder, { recursive: true });
  }
}

function startOutbox(
  connection: LedgerConnection,
  place: FaultStudy,
  { n, folder, spoil }: { n: number; folder: string; spoil?: typeof blind },
): MemberOutbox {
  return startMemberOutbox({
    ledger: connection.as(memberKey(n)),
    place,
    folder,
    name: `member-${n}`,
    clock: hurriedClock(HURRY),
    ...(spoil === undefined ? {} : { spoil }),
  });
}

/** Compares what was brought with the chain itself, past the proxy. */
async function judge(
  study: FaultStudy,
  bring: readonly { items: OutboxItem[] }[],
  outboxes: readonly MemberOutbox[],
): Promise<{ shortfall: Shortfall; refused: number }> {
  const direct = await connectLedger({ rpcUrl: study.url, contract: study.contract });
  const entries = await direct.entries(study.study, 0);
  direct.close();
  const shortfalls = bring.map(({ items }) =>
    checkAnchored(
      entries,
      items.map((item) => ({ kind: item.kind, hash: hashContent(item) })),
    ),
  );
  const anchored = outboxes.reduce((total, { store }) => total + store.outbox.anchored().length, 0);
  const all = bring.reduce((total, { items }) => total + items.length, 0);
  return { shortfall: addShortfalls(shortfalls), refused: all - anchored };
}

/** The node takes transactions and the answers get lost. */
const SEND_LOST = 'lose-answer' satisfies Fault;

interface FaultScript {
  readonly fault: (method: string) => Fault;
  isOver(): boolean;
}

/** Goes from fault to fault by the number of requests, not by time, with a calm after each. */
function faultScript(turns: readonly Fault[], onTurn: (turn: number) => void): FaultScript {
  let turn = 0;
  let left = FAULTY_REQUESTS + CALM_REQUESTS;
  let begun = -1;
  const next = (): void => {
    turn += 1;
    left = FAULTY_REQUESTS + CALM_REQUESTS;
  };
  return {
    isOver: () => turn >= turns.length,
    fault: (method) => {
      const current = turns[turn];
      if (current === undefined) return 'none';
      if (begun < turn) onTurn((begun = turn));
      left -= 1;
      const isCalm = left < CALM_REQUESTS;
      if (left <= 0) next();
      if (isCalm || (current === SEND_LOST && method !== 'eth_sendRawTransaction')) return 'none';
      return current;
    },
  };
}

function assertThat(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}
