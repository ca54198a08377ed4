import { join } from 'node:path';
import { ZERO_DIGEST } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { connectLedger } from '../../src/ledger/ethers-ledger.ts';
import type { LedgerIndex } from '../../src/ledger/ledger-index.ts';
import { openPeerStore, type PeerStore } from '../../src/peer/peer-store.ts';
import type { Progress } from '../../src/peer/progress.ts';
import { publishRound } from '../../src/peer/publish-round.ts';
import type { Mark } from '../../src/peer/signing-guard.ts';
import type { StudySetting } from '../../src/peer/study-setting.ts';
import type { TrainedUpdate } from '../../src/peer/train-round.ts';
import { hashContribution } from '../../src/protocol/contribution.ts';
import { hashValuation } from '../../src/protocol/valuation.ts';
import { digest, memberAccount, memberKey } from '../builders.ts';
import { interceptFetch } from './intercept-fetch.ts';
import type { Failpoint, WorkerSetting } from './kill-setting.ts';
import { blind } from './member-outbox.ts';
import { startOutboxOn } from './outbox-on.ts';
import { valuationOf } from './study-records.ts';

/** Rounds go on while the outbox works, but not without end. */
const LONGEST_BACKLOG = 4;
/** How often it looks whether the backlog is shorter. */
const BACKLOG_MILLISECONDS = 10;

const REPORT = { loss: 1, accuracy: 1 } as TrainedUpdate['report'];

/** Lines are `signed|told kind round hash`, and `ready` once the worker has taken up its work. */
type Say = (line: string) => void;

/** The real store, guard, outbox and signing; training, gossip and blobs are left out. Wrapped calls can kill the process. */
export async function runWorker(setting: WorkerSetting, say: Say): Promise<void> {
  const at = createFailpoint(setting);
  interceptRpc(at);
  const connection = await connectLedger({ rpcUrl: setting.rpcUrl, contract: setting.contract });
  const store = weaken(watch(openPeerStore(join(setting.folder, 'peer.db')), at, say), setting);
  const spoil = setting.weakness === 'blind' ? blind : (index: LedgerIndex) => index;
  const { index, outbox } = startOutboxOn({ ledger: connection.as(memberKey(setting.member)), setting, store, spoil });
  await index.refresh();
  store.guard.synchronise(marksIn(index, setting.member));
  say('ready');
  const study = studySetting(setting, store, { say, at, index, outbox });
  let progress = store.progress() ?? progressOf(0, setting);
  while (!setting.finish) {
    await publishRound(study, progress, { parameters: Float32Array.of(setting.life, progress.round), report: REPORT });
    reveal(store, progress, { at, say, wake: outbox.wake });
    at('before-progress');
    progress = progressOf(progress.round + 1, setting);
    store.saveProgress(progress);
    await systemClock.wait(1);
    while (store.outbox.pending().length > LONGEST_BACKLOG) await systemClock.wait(BACKLOG_MILLISECONDS);
  }
  // Whoever was killed between signing and adding the scores adds them now, as a peer does that goes on.
  const last = store.announcement(memberAccount(setting.member), progress.round);
  if (last !== null) reveal(store, progress, { at, say, wake: outbox.wake });
  while (!(await outbox.drained(1_000)));
  connection.close();
  store.close();
}

type At = (failpoint: Failpoint) => void;

function createFailpoint({ failpoint, passes }: WorkerSetting): At {
  let left = passes;
  return (here) => {
    if (here === failpoint && left-- <= 0) process.kill(process.pid, 'SIGKILL');
  };
}

/** Failpoints between a request to the node and its answer. */
function interceptRpc(at: At): void {
  interceptFetch(async ({ body }, ask) => {
    if (!/eth_sendRawTransaction|eth_getTransactionReceipt/.test(body)) return ask();
    const isSend = body.includes('eth_sendRawTransaction');
    if (isSend) at('before-send');
    const answer = ask();
    if (isSend) setImmediate(() => at('during-send'));
    const response = await answer;
    if (isSend) at('after-send');
    else if (!(await response.clone().text()).includes('"result":null')) at('after-receipt');
    return response;
  });
}

/** The store with failpoints around its calls; says what was signed, and in the weak variant speaks too early. */
function watch(store: PeerStore, at: At, say: Say): PeerStore {
  return {
    ...store,
    guard: {
      ...store.guard,
      claim: (draft) => {
        at('before-claim');
        store.guard.claim(draft);
        at('after-claim');
      },
    },
    keepOwn: (announcement) => {
      const { record } = announcement;
      say(`signed contribution ${record.round} ${hashContribution(record)}`);
      at('after-sign');
      store.keepOwn(announcement);
      at('after-keep');
    },
    outbox: {
      ...store.outbox,
      markAnchored: (hash, sequence) => {
        at('before-anchored');
        store.outbox.markAnchored(hash, sequence);
        at('after-anchored');
      },
    },
  };
}

function weaken(store: PeerStore, { weakness }: WorkerSetting): PeerStore {
  if (weakness !== 'no-guard') return store;
  return { ...store, guard: { ...store.guard, claim: () => {}, claimed: () => null } };
}

function marksIn(index: LedgerIndex, member: number): Mark[] {
  return index
    .entries()
    .flatMap((entry) =>
      entry.kind === 'contribution' && entry.record.member === memberAccount(member)
        ? { round: entry.record.round, hash: hashContribution(entry.record) }
        : [],
    );
}

function progressOf(round: number, { member, study }: WorkerSetting): Progress {
  const valuation = round === 0 ? null : valuationOf(member, round - 1, study);
  const recipe = round === 0 ? ZERO_DIGEST : digest(`recipe ${round}`);
  return {
    round,
    base: digest(`base ${round}`),
    baseSegments: [],
    recipe,
    valuation,
    utilityMicros: null,
    scoreErrorMicros: null,
    mixed: [],
  };
}

/** As a peer does after it has published: the scores go into the outbox, and are told. */
function reveal(
  store: PeerStore,
  { valuation }: Progress,
  { at, say, wake }: { at: At; say: Say; wake: () => void },
): void {
  if (valuation === null) return;
  at('before-valuation');
  store.outbox.add({ kind: 'valuation', record: valuation });
  at('after-valuation');
  say(`told valuation ${valuation.round} ${hashValuation(valuation)}`);
  wake();
}

interface Working {
  readonly say: Say;
  readonly at: At;
  readonly index: LedgerIndex;
  readonly outbox: StudySetting['outbox'];
}

/** What `publishRound` asks of a study; the figures of a round differ from life to life. */
function studySetting(setting: WorkerSetting, store: PeerStore, working: Working): StudySetting {
  const { member, life, study, domain } = setting;
  const figures = { samples: 1 + life, loss: 1, accuracy: 1, auc: null, probabilities: new Float32Array(0) };
  const parts = {
    study,
    domain,
    self: memberAccount(member),
    privateKey: memberKey(member),
    trainingSeed: 'seed',
    engine: { name: 'none', version: '0', reproducible: true },
    model: { evaluate: () => figures },
    manifest: { segments: 1, codec: { name: 'float32' }, privacy: { unit: 'none' }, deltaBudgetPicos: 0 },
    data: { training: { samples: 1 }, heldOut: {}, common: null },
    blobs: { put: async (bytes: Uint8Array) => digest(Buffer.from(bytes).toString('hex')), get: async () => null },
    store: setting.weakness === 'early-word' ? speakEarly(store, working) : store,
    index: working.index,
    outbox: working.outbox,
    network: {
      publishContribution: async (announcement: Parameters<PeerStore['keepOwn']>[0]) => {
        working.say(`told contribution ${announcement.record.round} ${hashContribution(announcement.record)}`);
        working.at('after-announce');
      },
    },
    emit: () => {},
  };
  return parts as unknown as StudySetting;
}

/** The control that gives its word before anything is kept. */
function speakEarly(store: PeerStore, { say }: Working): PeerStore {
  return {
    ...store,
    keepOwn: (announcement) => {
      say(`told contribution ${announcement.record.round} ${hashContribution(announcement.record)}`);
      store.keepOwn(announcement);
    },
  };
}
