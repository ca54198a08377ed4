import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { receiveRecord } from '../../src/gossip/study-topics.ts';
import { type Ledger, LedgerError } from '../../src/ledger/ledger.ts';
import { createLedgerIndex } from '../../src/ledger/ledger-index.ts';
import { createMemoryLedger } from '../../src/ledger/memory/memory-ledger.ts';
import { checkpointHead, createCoSigner, isOnLedger, TURNS_PER_PARTICIPANT } from '../../src/peer/co-sign.ts';
import { openPeerStore, type PeerStore } from '../../src/peer/peer-store.ts';
import { encodeCheckpoint } from '../../src/protocol/checkpoint.ts';
import { contribution, DOMAIN, digest, memberAccount, memberKey, STUDY } from '../builders.ts';

const MEMBERS = [1, 2, 3, 4];
const ROUNDS = 2;

let folder: string;
const stores: PeerStore[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-co-sign-'));
});
afterEach(async () => {
  for (const store of stores.splice(0)) store.close();
  await rm(folder, { recursive: true });
});

/** Members of one study with a store each, who hear what the others publish, or do not; and whose nodes are there, or away. */
async function consortium(
  hears: (from: number, to: number) => boolean = () => true,
  isAway: (n: number) => boolean = () => false,
) {
  const ledger = createMemoryLedger(DOMAIN);
  for (const n of MEMBERS) ledger.membership.admit(memberAccount(n));
  const terms = { rounds: ROUNDS, maximumMembers: 4, stalenessBound: 3, epsilonBudgetMicros: 0, deltaBudgetPicos: 0 };
  ledger.openStudy({ study: STUDY, ...terms });
  for (const n of MEMBERS) await ledger.as(memberAccount(n)).join(STUDY, digest(`data ${n}`));
  const storeOf = new Map(MEMBERS.map((n) => [n, openPeerStore(join(folder, `${n}.db`))]));
  stores.push(...storeOf.values());
  const deliver = (from: number, bytes: Uint8Array): void => {
    for (const [n, store] of storeOf) {
      if (n === from || !hears(from, n)) continue;
      const context = {
        domain: DOMAIN,
        study: STUDY,
        rounds: ROUNDS,
        segments: 2,
        epsilonBudgetMicros: 0,
        isParticipant: () => true,
        knownContribution: () => undefined,
        knownCommitment: () => undefined,
        knownReveal: () => false,
        knownCheckpoint: () => undefined,
      };
      const nothing = (): void => {};
      const deps = { context, onContribution: nothing, onEquivocation: nothing, onReveal: nothing };
      receiveRecord({ ...deps, onCheckpoint: store.addCheckpoint }, 'checkpoints', bytes);
    }
  };
  const peers = MEMBERS.map((n) => {
    const index = createLedgerIndex(ledger, STUDY);
    const coSigner = createCoSigner({
      clock: systemClock,
      logger: silentLogger,
      ledger: withOutages(ledger.as(memberAccount(n)), () => isAway(n)),
      index,
      store: storeOf.get(n) as PeerStore,
      network: {
        connectedMembers: () => MEMBERS.filter((other) => other !== n).map(memberAccount),
        publishCheckpoint: async (checkpoint) => deliver(n, encodeCheckpoint(checkpoint)),
      },
      study: STUDY,
      self: memberAccount(n),
      privateKey: memberKey(n),
      rounds: ROUNDS,
    });
    return {
      n,
      index,
      work: () => index.refresh().then(coSigner.work),
      leave: () => index.refresh().then(coSigner.signLast),
    };
  });
  const record = (n: number, round: number): Promise<void> =>
    ledger
      .as(memberAccount(n))
      .contribute(contribution({ member: memberAccount(n), round, update: digest(`${n}/${round}`) }));
  const onLedger = async () => (await ledger.entries(STUDY, 0)).filter(({ kind }) => kind === 'checkpointed');
  return { peers, record, onLedger, ledger, storeOf, deliver };
}

/** A ledger whose node can be read, but takes no checkpoint while it is away. */
function withOutages(ledger: Ledger, isAway: () => boolean): Ledger {
  return {
    ...ledger,
    async checkpoint(checkpoint, cosigners) {
      if (isAway()) throw new LedgerError('ledger/unreachable', 'the node is away');
      await ledger.checkpoint(checkpoint, cosigners);
    },
  };
}

describe('members', () => {
  test('sign the same head, whenever each of them reads the log, and bring it to the ledger once', async () => {
    const { peers, record, onLedger, storeOf } = await consortium();
    for (const n of [1, 2, 3]) await record(n, 1);
    await peers[0]?.work(); // two thirds have recorded it: this one signs now
    await record(4, 1);
    for (const peer of peers) await peer.work(); // the others read a longer log
    for (const peer of peers) await peer.work();
    const heads = [...storeOf.values()].map((store, i) => store.checkpoint(memberAccount(i + 1), 1)?.record.head);
    expect(new Set(heads).size).toBe(1);
    expect(await onLedger()).toMatchObject([{ record: { round: 1, signedHead: heads[0], signers: [0, 1, 2, 3] } }]);
  });

  test('sign, each as it leaves, a head that has all their own records before it, and the others hear of it', async () => {
    const { peers, record, ledger, storeOf } = await consortium();
    for (const n of [1, 2, 3]) await record(n, ROUNDS - 1);
    await peers[0]?.leave();
    await record(4, ROUNDS - 1); // an outage kept it: it comes after the heads of all rounds
    await peers[3]?.leave();
    const log = await ledger.entries(STUDY, 0);
    await ledger.as(memberAccount(1)).withdraw(STUDY);
    await peers[3]?.leave(); // once more, after a restart
    const heads = [1, 4].map((n) => storeOf.get(2)?.checkpoint(memberAccount(n), ROUNDS)?.record.head);
    expect(heads).toEqual([log.at(-2)?.head, log.at(-1)?.head]);
  });

  test('sign nothing before two thirds have recorded the round', async () => {
    const { peers, record, storeOf } = await consortium();
    for (const n of [1, 2]) await record(n, 0);
    for (const peer of peers) await peer.work();
    expect(storeOf.get(1)?.checkpoints()).toEqual([]);
  });

  test('do not bring what too few have signed, and do as soon as one more has', async () => {
    let talking = false;
    const { peers, record, onLedger, storeOf, deliver } = await consortium(() => talking);
    for (const n of [1, 2, 3]) await record(n, 1);
    for (const peer of peers) await peer.work();
    expect(await onLedger()).toEqual([]);
    talking = true; // what was missed is handed over on request
    for (const store of storeOf.values()) {
      for (const checkpoint of store.checkpoints()) deliver(MEMBERS.length + 1, encodeCheckpoint(checkpoint));
    }
    for (const peer of peers) await peer.work();
    expect(await onLedger()).toHaveLength(1);
  });

  test('bring it when the node is back, though nobody else has signed since', async () => {
    let away = true;
    const { peers, record, onLedger } = await consortium(undefined, () => away);
    for (const n of MEMBERS) await record(n, 1);
    for (let turn = 0; turn < 3; turn++) for (const peer of peers) await peer.work();
    expect(await onLedger()).toEqual([]);
    away = false;
    await peers[0]?.work();
    expect(await onLedger()).toHaveLength(1);
  });

  test.each([
    [TURNS_PER_PARTICIPANT - 1, 0],
    [TURNS_PER_PARTICIPANT + 1, 1],
  ])(
    "after %i looks at the ledger have brought %i that was the first one's to bring, whose node is away",
    async (turns, brought) => {
      const { peers, record, onLedger } = await consortium(undefined, (n) => n === 1);
      for (const n of MEMBERS) await record(n, 1);
      for (const peer of peers) await peer.work(); // all have signed
      for (let turn = 0; turn < turns; turn++) for (const peer of peers) await peer.work();
      expect(await onLedger()).toHaveLength(brought);
    },
  );

  test('sign one head a round, even if the log that they read changes', async () => {
    const { peers, record, storeOf } = await consortium();
    for (const n of [1, 2, 3]) await record(n, 1);
    await peers[0]?.work();
    const store = storeOf.get(1) as PeerStore;
    const first = store.checkpoint(memberAccount(1), 1);
    store.addCheckpoint({
      ...(first as NonNullable<typeof first>),
      record: { study: STUDY, round: 1, head: digest('other') },
    });
    expect(store.checkpoint(memberAccount(1), 1)).toEqual(first);
  });
});

test('the head of a round follows from the log alone', async () => {
  const { record, ledger } = await consortium();
  for (const n of [2, 4, 1]) await record(n, 0);
  const entries = await ledger.entries(STUDY, 0);
  expect(checkpointHead(entries, 0)).toBe(entries.at(-1)?.head);
  expect(checkpointHead(entries.slice(0, -1), 0)).toBeNull();
  await record(3, 0);
  expect(checkpointHead(await ledger.entries(STUDY, 0), 0)).toBe(entries.at(-1)?.head);
});

test('every tenth round and the last one go on the ledger', () => {
  expect(Array.from({ length: 25 }, (_, round) => round).filter((round) => isOnLedger(round, 25))).toEqual([9, 19, 24]);
});
