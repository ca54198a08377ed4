import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Hex } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createSeededRandom, type SeededRandom } from '../../src/base/seeded-random.ts';
import { connectLedger } from '../../src/ledger/ethers-ledger.ts';
import type { OutboxItem } from '../../src/ledger/outbox-item.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { bundleWorker, COMPILED_BEFORE } from '../bundle-worker.ts';
import { addShortfalls, checkAnchored, describeShortfall, isSound, type Shortfall } from './check-anchored.ts';
import { controlRow, type FaultRow } from './fault-row.ts';
import { type FaultStudy, startFaultStudy } from './fault-study.ts';
import { FAILPOINTS, type Failpoint, type Weakness, type WorkerSetting } from './kill-setting.ts';

export interface KillsScale {
  readonly kills: number;
  readonly seed: string;
  /** How long a start may take at the most; null where other work may be going on beside. */
  readonly startSeconds: number | null;
}

/** Members that are killed side by side; more than two cores can use would only wait for each other. */
const MEMBERS = 3;
/** A new chain after this many kills: a worker reads the whole log when it starts. */
const KILLS_PER_CHAIN = 150;
const WORKER = new URL('kill-worker.ts', import.meta.url);
/** Every third life ends at a random moment, all others at a failpoint. */
const RANDOM_SHARE = 3;
const LONGEST_LIFE_MILLISECONDS = 900;
/** How often a worker's list is looked at. */
const LIST_MILLISECONDS = 50;

/** Kills a member again and again, wherever it may be; what it told others must be on the ledger in the end, once and in order. */
export async function kills({ kills, seed, startSeconds }: KillsScale): Promise<FaultRow> {
  const results: KillResult[] = [];
  for (let done = 0; done < kills; done += KILLS_PER_CHAIN) {
    const share = Math.min(KILLS_PER_CHAIN, kills - done);
    results.push(await killAll({ kills: share, seed: `${seed}/${done}` }, { failpoints: FAILPOINTS, weakness: null }));
  }
  const sum = (count: (result: KillResult) => number): number =>
    results.reduce((total, each) => total + count(each), 0);
  const shortfall = addShortfalls(results.map((result) => result.shortfall));
  const slowest = Math.max(...results.map((result) => result.slowestMilliseconds));
  const wrong = sum(({ conflicting }) => conflicting) + sum(({ notAnchored }) => notAnchored);
  return {
    name: 'kills',
    target: `${kills} kills: 0 lost, 0 twice, order kept, 0 rounds signed twice, ready again ≤ ${startSeconds ?? 'any number of'} s`,
    measured:
      `${sum((result) => result.kills)} kills, ${sum((result) => result.told)} records told: ${describeShortfall(shortfall)}, ` +
      `${sum((result) => result.conflicting)} signed twice, ${sum((result) => result.notAnchored)} not known as anchored, ` +
      `slowest start ${Math.round(slowest)} ms`,
    passed:
      isSound(shortfall) &&
      wrong === 0 &&
      slowest <= 1_000 * (startSeconds ?? Number.POSITIVE_INFINITY) &&
      sum((result) => result.kills) >= kills,
    seed,
  };
}

/** The same with one defence off each. */
export async function killControls(seed: string): Promise<FaultRow[]> {
  const run = (weakness: Weakness, failpoints: readonly Failpoint[]) =>
    killAll({ kills: MEMBERS, seed }, { failpoints, weakness });
  const early = await run('early-word', ['after-sign']);
  const blinded = await run('blind', ['after-receipt']);
  return [
    controlRow({
      name: 'kills: a member that speaks before it keeps',
      measured: `${early.shortfall.lost} lost`,
      noticed: early.shortfall.lost,
      seed,
    }),
    controlRow({
      name: 'kills: an outbox that does not look for its own events',
      measured: `${blinded.notAnchored} not known as anchored`,
      noticed: blinded.notAnchored,
      seed,
    }),
  ];
}

interface KillResult {
  readonly kills: number;
  readonly told: number;
  readonly shortfall: Shortfall;
  readonly conflicting: number;
  /** Told, and not marked as anchored in the member's own store. */
  readonly notAnchored: number;
  readonly slowestMilliseconds: number;
}

interface Variation {
  readonly failpoints: readonly Failpoint[];
  readonly weakness: Weakness | null;
}

async function killAll({ kills, seed }: Pick<KillsScale, 'kills' | 'seed'>, variation: Variation): Promise<KillResult> {
  const study = await startFaultStudy({ members: MEMBERS, rounds: 100_000 });
  const root = await mkdtemp(join(tmpdir(), 'consilium-kills-'));
  try {
    const numbers = Array.from({ length: MEMBERS }, (_, i) => i + 1);
    const lives = await Promise.all(
      numbers.map((member) => {
        const random = createSeededRandom(seed, `member ${member}`);
        return liveAndDie({ study, root, member, kills: Math.ceil(kills / MEMBERS), random, ...variation });
      }),
    );
    const judged = await Promise.all(numbers.map((member) => judge(study, root, member)));
    return {
      kills: lives.reduce((total, life) => total + life.kills, 0),
      told: judged.reduce((total, each) => total + each.told, 0),
      shortfall: addShortfalls(judged.map((each) => each.shortfall)),
      conflicting: judged.reduce((total, each) => total + each.conflicting, 0),
      notAnchored: judged.reduce((total, each) => total + each.notAnchored, 0),
      slowestMilliseconds: Math.max(...lives.map((life) => life.slowest)),
    };
  } finally {
    await study.stop();
    await rm(root, { recursive: true });
  }
}

interface LivesOptions extends Variation {
  readonly study: FaultStudy;
  readonly root: string;
  readonly member: number;
  readonly kills: number;
  readonly random: SeededRandom;
}

async function liveAndDie(options: LivesOptions): Promise<{ kills: number; slowest: number }> {
  const { study, root, member, random, failpoints } = options;
  const folder = join(root, String(member));
  await mkdir(folder);
  // In another order for each member, so that all of them come up whatever the number of kills.
  const order = random.shuffle([...failpoints]);
  let passed = 0;
  let deaths = 0;
  let slowest = 0;
  for (let life = 0; ; life++) {
    const finish = deaths >= options.kills;
    const atRandom = failpoints.length > 1 && life % RANDOM_SHARE === 0;
    const { domain, contract } = study;
    const ended = await liveOnce(
      {
        study: study.study,
        domain,
        contract,
        rpcUrl: study.url,
        member,
        folder,
        list: join(folder, 'list'),
        life,
        failpoint: finish || atRandom ? null : (order[passed++ % order.length] ?? null),
        passes: random.integer(3),
        finish,
        weakness: options.weakness,
      },
      atRandom && !finish ? random.integer(LONGEST_LIFE_MILLISECONDS) : null,
    );
    slowest = Math.max(slowest, ended.readyMilliseconds);
    if (finish && ended.signal === null) return { kills: deaths, slowest };
    if (ended.signal !== 'SIGKILL') throw new Error(`worker ${member} ended by itself in life ${life}`);
    deaths += 1;
  }
}

/** @param killAfter milliseconds, null to let it end, or kill itself @returns how it ended, and how long it took to take up its work */
async function liveOnce(setting: WorkerSetting, killAfter: number | null) {
  const worker = fileURLToPath(await bundleWorker(WORKER));
  const before = systemClock.now();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', worker], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...COMPILED_BEFORE, KILL_WORKER: JSON.stringify(setting) },
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  if (killAfter !== null) void systemClock.wait(killAfter).then(() => child.kill('SIGKILL'));
  const readyBefore = (await linesOf(setting.list)).filter((line) => line === 'ready').length;
  const over = new AbortController();
  const watching = untilReady(setting.list, readyBefore, over.signal);
  const [, signal] = await exited;
  over.abort();
  const ready = await watching;
  return { signal, readyMilliseconds: ready === null ? 0 : ready - before };
}

/** @returns when a worker took up its work that had not before, or null if it did not live that long */
async function untilReady(list: string, readyBefore: number, over: AbortSignal): Promise<number | null> {
  while (!over.aborted) {
    await systemClock.wait(LIST_MILLISECONDS, over);
    if ((await linesOf(list)).filter((line) => line === 'ready').length > readyBefore) return systemClock.now();
  }
  return null;
}

async function linesOf(list: string): Promise<string[]> {
  const text = await readFile(list, 'utf8').catch(() => '');
  return text.split('\n').slice(0, -1);
}

/** Holds a member's list against the chain and against its own store. */
async function judge(study: FaultStudy, root: string, member: number) {
  const folder = join(root, String(member));
  const lines = (await linesOf(join(folder, 'list'))).map((line) => line.split(' '));
  const told = new Map(
    lines.flatMap(([word, kind, , hash]) =>
      word === 'told' ? [[hash as Hex, { kind: kind as OutboxItem['kind'], hash: hash as Hex }] as const] : [],
    ),
  );
  const signed = new Map<string, Set<string>>();
  for (const [word, , round, hash] of lines) {
    if (word === 'signed') signed.set(round ?? '', (signed.get(round ?? '') ?? new Set()).add(hash ?? ''));
  }
  const connection = await connectLedger({ rpcUrl: study.url, contract: study.contract });
  const entries = await connection.entries(study.study, 0);
  connection.close();
  const store = openPeerStore(join(folder, 'peer.db'));
  const anchored = new Set(store.outbox.anchored());
  store.close();
  return {
    told: told.size,
    shortfall: checkAnchored(entries, [...told.values()]),
    conflicting: [...signed.values()].filter((hashes) => hashes.size > 1).length,
    notAnchored: [...told.keys()].filter((hash) => !anchored.has(hash)).length,
  };
}
