import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContractTransaction, Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hex, ZERO_DIGEST } from '../../src/base/bytes.ts';
import { administer } from '../../src/ledger/admin.ts';
import { ledgerAt, membershipAt } from '../../src/ledger/bindings.ts';
import { openEmbeddedChain } from '../../src/ledger/embedded/embedded-chain.ts';
import { startJsonRpcServer } from '../../src/ledger/embedded/json-rpc-server.ts';
import { connectLedger } from '../../src/ledger/ethers-ledger.ts';
import type { Ledger, LedgerReader } from '../../src/ledger/ledger.ts';
import { createMemoryLedger } from '../../src/ledger/memory/memory-ledger.ts';
import { connectRpc } from '../../src/ledger/rpc-provider.ts';
import { createTransactionSender } from '../../src/ledger/transaction-sender.ts';
import { checkpointDigest } from '../../src/protocol/checkpoint.ts';
import type { Contribution } from '../../src/protocol/contribution.ts';
import { findHeadBreak, initialHead } from '../../src/protocol/ledger-entry.ts';
import { participantsIn } from '../../src/protocol/participants.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';
import type { OpenStudy } from '../../src/protocol/study-entries.ts';
import { hashValuation, packScores, type Valuation } from '../../src/protocol/valuation.ts';
import { contribution, DOMAIN, digest, memberAccount, memberKey } from '../builders.ts';
import { anvilIsInstalled, startAnvil } from './anvil.ts';

/** A ledger with members 1, 2 and 3 admitted. */
interface Rig {
  readonly reader: LedgerReader;
  as(n: number): Ledger;
  openStudy(study: OpenStudy): Promise<void>;
  closeStudy(study: Hex): Promise<void>;
  suspend(n: number): Promise<void>;
  reinstate(n: number): Promise<void>;
  rotate(n: number, to: number): Promise<void>;
  stop(): Promise<void>;
}

async function memoryRig(): Promise<Rig> {
  const ledger = createMemoryLedger(DOMAIN);
  for (const n of [1, 2, 3]) ledger.membership.admit(memberAccount(n));
  return {
    reader: ledger,
    as: (n) => ledger.as(memberAccount(n)),
    openStudy: async (study) => ledger.openStudy(study),
    closeStudy: async (study) => ledger.closeStudy(study),
    suspend: async (n) => ledger.membership.suspend(memberAccount(n)),
    reinstate: async (n) => ledger.membership.reinstate(memberAccount(n)),
    rotate: async (n, to) => ledger.membership.rotate(memberAccount(n), memberAccount(to)),
    stop: async () => {},
  };
}

/** A node to run the contracts on. */
interface TestNode {
  readonly url: string;
  stop(): Promise<void>;
}

async function embeddedNode(): Promise<TestNode> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-chain-'));
  const chain = await openEmbeddedChain({ dataDirectory: folder });
  const server = await startJsonRpcServer(chain);
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await chain.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Here transactions cost something, so the accounts need funds. */
async function anvilNode(): Promise<TestNode> {
  const anvil = await startAnvil();
  const provider = await connectRpc(anvil.url);
  for (const n of [1, 2, 3, 7, 8, 99]) {
    await provider.send('anvil_setBalance', [memberAccount(n), '0x56bc75e2d63100000']);
  }
  provider.destroy();
  return anvil;
}

async function chainRig(startNode: () => Promise<TestNode>): Promise<Rig> {
  const node = await startNode();
  const admin = await administer(node.url, memberKey(99));
  const { ledger: contract, membership } = await admin.deploy(0);
  await admin.admit(membership, [1, 2, 3].map(memberAccount));
  const connection = await connectLedger({ rpcUrl: node.url, contract });
  const provider = await connectRpc(node.url);
  const wallet = new Wallet(memberKey(99), provider);
  const sender = createTransactionSender(provider, wallet);
  const register = membershipAt(membership, wallet);
  const send = async (compose: () => Promise<ContractTransaction>): Promise<void> =>
    void (await sender.send('preparing a test', compose));
  return {
    reader: connection,
    as: (n) => connection.as(memberKey(n)),
    openStudy: (study) => admin.openStudy(contract, study),
    closeStudy: (study) => send(() => ledgerAt(contract, wallet).closeStudy.populateTransaction(study)),
    suspend: (n) => send(() => register.suspend.populateTransaction(memberAccount(n))),
    reinstate: (n) => send(() => register.reinstate.populateTransaction(memberAccount(n))),
    rotate: (n, to) => send(() => register.rotate.populateTransaction(memberAccount(n), memberAccount(to))),
    stop: async () => {
      provider.destroy();
      connection.close();
      admin.close();
      await node.stop();
    },
  };
}

const RIGS: [string, () => Promise<Rig>][] = [
  ['in memory', memoryRig],
  ['on the embedded chain', () => chainRig(embeddedNode)],
];
if (anvilIsInstalled) RIGS.push(['on another Ethereum client (anvil)', () => chainRig(anvilNode)]);
else console.warn('skipped: the suite on anvil, which is not installed on this platform');

describe.each(RIGS)('a ledger %s', (_name, createRig) => {
  let rig: Rig;
  let count = 0;
  beforeAll(async () => {
    rig = await createRig();
  }, 60_000);
  afterAll(() => rig.stop());

  /** A new study that members 1 and 2 have joined. */
  const begin = async (terms: Partial<OpenStudy> = {}): Promise<Hex> => {
    const study = digest(`study ${count++}`);
    const bounds = { rounds: 3, maximumMembers: 2, stalenessBound: 1, epsilonBudgetMicros: 100, deltaBudgetPicos: 10 };
    await rig.openStudy({ study, ...bounds, ...terms });
    await rig.as(1).join(study, digest('data 1'));
    await rig.as(2).join(study, digest('data 2'));
    return study;
  };
  const by = (n: number, study: Hex, fields: Partial<Contribution> = {}): Contribution =>
    contribution({ study, member: memberAccount(n), scoreCommitment: ZERO_DIGEST, ...fields });
  const refused = (name: string) => expect.objectContaining({ code: 'ledger/reverted', details: { revert: name } });

  test('knows its members', async () => {
    expect((await rig.reader.members()).toSorted()).toEqual([1, 2, 3].map(memberAccount).toSorted());
  });

  test('has no study that was not opened', async () => {
    expect(await rig.reader.study(digest('no such study'))).toBeNull();
    expect(await rig.reader.entries(digest('no such study'), 0)).toEqual([]);
  });

  test('tells every entry again, in order, and they lead to its head', async () => {
    const study = await begin();
    const [first, second] = [by(1, study), by(2, study)];
    await rig.as(1).contribute(first);
    await rig.as(2).contribute(second);
    const valuation: Valuation = {
      study,
      round: 0,
      evaluator: memberAccount(1),
      scores: packScores([5, -7]),
      salt: digest('salt'),
    };
    await rig
      .as(1)
      .contribute(by(1, study, { round: 1, scoreCommitment: hashValuation(valuation), epsilonMicros: 40 }));
    await rig.as(2).reveal([valuation]); // anybody may open it
    const entries = await rig.reader.entries(study, 0);
    expect(entries.map((entry) => entry.kind)).toEqual([
      'opened',
      'joined',
      'joined',
      'contribution',
      'contribution',
      'contribution',
      'valuation',
    ]);
    expect(entries.map((entry) => entry.sequence)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(entries[3]?.record).toEqual(first);
    expect(entries[6]?.record).toEqual(valuation);
    expect(findHeadBreak(initialHead(rig.reader.domain, study), entries)).toBeNull();
    const state = await rig.reader.study(study);
    expect(state).toMatchObject({ length: 7, head: entries.at(-1)?.head, participants: 2, rounds: 3, open: true });
    expect(await rig.reader.entries(study, 5)).toEqual(entries.slice(5));
    const receipt = await rig.reader.receipt(entries[3]?.transaction ?? '0x');
    expect(receipt?.gasUsed).toBeGreaterThan(20_000);
    expect(receipt?.blockNumber).toBe(entries[3]?.blockNumber);
    expect(await rig.reader.blockNumber()).toBeGreaterThanOrEqual(receipt?.blockNumber ?? Number.NaN);
    expect(await rig.reader.receipt(digest('no such transaction'))).toBeNull();
  });

  test('takes one contribution a member and round, in the order of rounds', async () => {
    const study = await begin();
    await rig.as(1).contribute(by(1, study, { round: 1 }));
    await expect(rig.as(1).contribute(by(1, study, { round: 1 }))).rejects.toThrow(refused('RoundAlreadyPassed'));
    await expect(rig.as(1).contribute(by(1, study, { round: 0 }))).rejects.toThrow(refused('RoundAlreadyPassed'));
    await rig.as(1).contribute(by(1, study, { round: 2 }));
  });

  test('takes the closing record in its place, and nothing after it', async () => {
    const study = await begin();
    await expect(rig.as(1).contribute(by(1, study, { round: 3 }))).rejects.toThrow(refused('TrainedAfterLastRound'));
    const closing = { update: ZERO_DIGEST, samples: 0 };
    await expect(rig.as(1).contribute(by(1, study, { round: 2, ...closing }))).rejects.toThrow(
      refused('NothingTrained'),
    );
    await rig.as(1).contribute(by(1, study, { round: 3, ...closing }));
    await expect(rig.as(1).contribute(by(1, study, { round: 4, ...closing }))).rejects.toThrow(
      refused('RoundBeyondStudy'),
    );
  });

  test('keeps a member within its privacy budget', async () => {
    const study = await begin();
    await rig.as(1).contribute(by(1, study, { epsilonMicros: 60 }));
    await expect(rig.as(1).contribute(by(1, study, { round: 1, epsilonMicros: 59 }))).rejects.toThrow(
      refused('EpsilonFell'),
    );
    await expect(rig.as(1).contribute(by(1, study, { round: 1, epsilonMicros: 101 }))).rejects.toThrow(
      refused('EpsilonOverBudget'),
    );
    await rig.as(1).contribute(by(1, study, { round: 1, epsilonMicros: 100 }));
  });

  test('takes from a member only what is its own, and from others only what it signed', async () => {
    const study = await begin();
    const record = by(2, study);
    await expect(rig.as(1).contribute(record)).rejects.toThrow(refused('NotTheMember'));
    const digestToSign = contributionDigest(rig.reader.domain, record);
    await expect(
      rig.as(1).contributeFor([{ record, signature: signDigest(memberKey(1), digestToSign) }]),
    ).rejects.toThrow(refused('NotTheMember'));
    await rig.as(1).contributeFor([{ record, signature: signDigest(memberKey(2), digestToSign) }]);
    expect((await rig.reader.entries(study, 3)).map((entry) => entry.record)).toEqual([record]);
  });

  test('lets nobody in twice, beyond the limit, or from outside', async () => {
    const study = await begin();
    await expect(rig.as(1).join(study, digest('again'))).rejects.toThrow(refused('AlreadyJoined'));
    await expect(rig.as(3).join(study, digest('full'))).rejects.toThrow(refused('StudyFull'));
    await expect(rig.as(7).join(study, digest('stranger'))).rejects.toThrow(refused('NotMember'));
    await expect(rig.as(3).contribute(by(3, study))).rejects.toThrow(refused('NotParticipant'));
    await expect(rig.as(1).contribute(by(1, digest('nothing')))).rejects.toThrow(refused('StudyNotOpen'));
  });

  test('takes scores once, and only those that were committed', async () => {
    const study = await begin();
    const valuation: Valuation = {
      study,
      round: 0,
      evaluator: memberAccount(1),
      scores: packScores([1, 2]),
      salt: digest('salt'),
    };
    await expect(rig.as(1).reveal([valuation])).rejects.toThrow(refused('NotTheCommitment'));
    await rig.as(1).contribute(by(1, study));
    await rig.as(1).contribute(by(1, study, { round: 1, scoreCommitment: hashValuation(valuation) }));
    await expect(rig.as(1).reveal([{ ...valuation, scores: packScores([9, 2]) }])).rejects.toThrow(
      refused('NotTheCommitment'),
    );
    await expect(rig.as(1).reveal([{ ...valuation, round: 1 }])).rejects.toThrow(refused('NotTheCommitment'));
    await rig.as(1).reveal([valuation]);
    await expect(rig.as(1).reveal([valuation])).rejects.toThrow(refused('NotTheCommitment'));
  });

  test('lets a member go at the end of the round in progress', async () => {
    const study = await begin();
    await rig.as(1).contribute(by(1, study));
    await rig.as(2).withdraw(study);
    await rig.as(2).contribute(by(2, study));
    await expect(rig.as(2).contribute(by(2, study, { round: 1 }))).rejects.toThrow(refused('RoundAfterEnd'));
    await expect(rig.as(2).withdraw(study)).rejects.toThrow(refused('HasWithdrawn'));
    await expect(rig.as(2).join(study, digest('again'))).rejects.toThrow(refused('AlreadyJoined'));
    const [left] = (await rig.reader.entries(study, 4)).filter(({ kind }) => kind === 'withdrawn');
    expect(left?.record).toEqual({ study, member: memberAccount(2), endRound: 1 });
  });

  test('takes nothing from a suspended member but the round in progress, once it is excluded', async () => {
    const study = await begin();
    await rig.as(1).contribute(by(1, study));
    await expect(rig.as(1).exclude(study, memberAccount(2))).rejects.toThrow(refused('NothingToExclude'));
    await rig.suspend(2);
    expect(await rig.reader.members()).not.toContain(memberAccount(2));
    await expect(rig.as(2).contribute(by(2, study))).rejects.toThrow(refused('NotMember'));
    await rig.as(1).exclude(study, memberAccount(2));
    await rig.as(2).contribute(by(2, study));
    await expect(rig.as(2).contribute(by(2, study, { round: 1 }))).rejects.toThrow(refused('RoundAfterEnd'));
    await rig.reinstate(2);
    await expect(rig.as(2).contribute(by(2, study, { round: 1 }))).rejects.toThrow(refused('MembershipInterrupted'));
    await rig.as(2).join(study, digest('data 2, another consent'));
    await rig.as(2).contribute(by(2, study, { round: 1 }));
    const entries = await rig.reader.entries(study, 0);
    expect(findHeadBreak(initialHead(rig.reader.domain, study), entries)).toBeNull();
    expect(participantsIn(entries)).toMatchObject([{}, { account: memberAccount(2), firstRound: 1, endRound: null }]);
  });

  test('records that a member signed two contributions for one round, once', async () => {
    const study = await begin();
    const signedBy2 = (fields: Partial<Contribution>) => {
      const record = by(2, study, fields);
      return { record, signature: signDigest(memberKey(2), contributionDigest(rig.reader.domain, record)) };
    };
    const [first, second] = [signedBy2({}), signedBy2({ samples: 7 })];
    await expect(rig.as(3).reportEquivocation(first, first)).rejects.toThrow(refused('NoEquivocation'));
    await expect(rig.as(3).reportEquivocation(first, signedBy2({ round: 1 }))).rejects.toThrow(
      refused('NoEquivocation'),
    );
    const forged = { ...second, signature: first.signature };
    await expect(rig.as(3).reportEquivocation(first, forged)).rejects.toThrow(refused('NotTheMember'));
    await rig.as(3).reportEquivocation(first, second);
    await expect(rig.as(3).reportEquivocation(first, second)).rejects.toThrow(refused('EquivocationKnown'));
    const [entry] = await rig.reader.entries(study, 3);
    expect(entry).toMatchObject({ kind: 'equivocated', record: { member: memberAccount(2), round: 0 } });
  });

  test('takes a checkpoint that a quorum signed', async () => {
    const study = await begin();
    const { head } = (await rig.reader.study(study)) ?? { head: ZERO_DIGEST };
    const checkpoint = { study, round: 0, head };
    const signedBy = (n: number, position: number, what = checkpoint) => ({
      position,
      signature: signDigest(memberKey(n), checkpointDigest(rig.reader.domain, what)),
    });
    const member = 2;
    const cosigners = [signedBy(1, 0), signedBy(member, 1)];
    await expect(rig.as(3).checkpoint(checkpoint, [])).rejects.toThrow(refused('QuorumMissed'));
    await expect(rig.as(3).checkpoint(checkpoint, cosigners.toReversed())).rejects.toThrow(
      refused('SignersOutOfOrder'),
    );
    const ahead = { ...checkpoint, head: `0x${'ab'.repeat(27)}01000000ff` as Hex };
    await expect(rig.as(3).checkpoint(ahead, cosigners)).rejects.toThrow(refused('CheckpointAhead'));
    const other = { ...checkpoint, round: 1 };
    await expect(rig.as(3).checkpoint(other, cosigners)).rejects.toThrow(refused('NotTheMember'));
    await rig.as(3).checkpoint(checkpoint, cosigners);
    const entries = await rig.reader.entries(study, 0);
    expect(entries.at(-1)).toMatchObject({ kind: 'checkpointed', record: { signedHead: head, signers: [0, 1] } });
    expect(findHeadBreak(initialHead(rig.reader.domain, study), entries)).toBeNull();
  });

  test('tells of all studies in the order in which they were opened', async () => {
    const before = await rig.reader.studies();
    const opened = [await begin(), await begin()];
    const studies = await rig.reader.studies();
    expect(studies.map(({ study }) => study)).toEqual([...before.map(({ study }) => study), ...opened]);
    const [first] = await rig.reader.entries(opened[1] as Hex, 0);
    expect(studies.at(-1)?.blockNumber).toBe(first?.blockNumber);
  });

  test('takes signed contributions all together or not at all', async () => {
    const study = await begin();
    const signed = [by(1, study), by(1, study, { round: 1 }), by(1, study, { round: 1, samples: 3 })].map((record) => ({
      record,
      signature: signDigest(memberKey(1), contributionDigest(rig.reader.domain, record)),
    }));
    await expect(rig.as(2).contributeFor(signed)).rejects.toThrow(refused('RoundAlreadyPassed'));
    expect((await rig.reader.study(study))?.length).toBe(3);
    await rig.as(2).contributeFor(signed.slice(0, 2));
    expect((await rig.reader.study(study))?.length).toBe(5);
  });

  test('is final once it is closed', async () => {
    const study = await begin();
    await rig.closeStudy(study);
    expect(await rig.reader.study(study)).toMatchObject({ open: false, length: 4 });
    await expect(rig.as(1).contribute(by(1, study))).rejects.toThrow(refused('StudyNotOpen'));
    expect((await rig.reader.entries(study, 3)).map(({ kind }) => kind)).toEqual(['closed']);
  });

  test('goes on with a new key where the old one stopped', async () => {
    const study = await begin();
    await rig.as(1).contribute(by(1, study, { epsilonMicros: 60 }));
    await rig.rotate(1, 8);
    await expect(rig.as(1).contribute(by(1, study, { round: 1, epsilonMicros: 60 }))).rejects.toThrow(
      refused('NotMember'),
    );
    await rig.as(8).join(study, digest('data 1'));
    await expect(rig.as(8).contribute(by(8, study, { round: 1, epsilonMicros: 59 }))).rejects.toThrow(
      refused('EpsilonFell'),
    );
    await rig.as(8).contribute(by(8, study, { round: 1, epsilonMicros: 70 }));
    const changes = await rig.reader.standingChanges();
    const blocks = changes.map(({ blockNumber }) => blockNumber);
    expect(blocks).toEqual(blocks.toSorted((a, b) => a - b));
    const ofFirst = changes.filter(({ index }) => index === 0).map(({ change, account }) => [change, account]);
    expect(ofFirst).toEqual([
      ['admitted', memberAccount(1)],
      ['rotated', memberAccount(8)],
    ]);
    const ofSecond = changes.filter(({ account }) => account === memberAccount(2)).map(({ change }) => change);
    expect(ofSecond).toEqual(['admitted', 'suspended', 'reinstated']);
    const [first] = participantsIn(await rig.reader.entries(study, 0));
    expect(first).toMatchObject({ position: 0, accounts: [memberAccount(1), memberAccount(8)] });
  });
});

describe('connecting', () => {
  test('to nothing says so', async () => {
    const nobody = connectLedger({ rpcUrl: 'http://127.0.0.1:1', contract: DOMAIN.contract });
    await expect(nobody).rejects.toThrow(expect.objectContaining({ code: 'ledger/unreachable' }));
  });

  test('to an address without our contract says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'consilium-chain-'));
    const chain = await openEmbeddedChain({ dataDirectory: folder });
    const server = await startJsonRpcServer(chain);
    try {
      const wrong = connectLedger({ rpcUrl: server.url, contract: DOMAIN.contract });
      await expect(wrong).rejects.toThrow(expect.objectContaining({ code: 'ledger/not-our-contract' }));
      const admin = await administer(server.url, memberKey(99));
      const { membership } = await admin.deploy(0);
      admin.close();
      const other = connectLedger({ rpcUrl: server.url, contract: membership }); // ours, but another one of ours
      await expect(other).rejects.toThrow(expect.objectContaining({ code: 'ledger/not-our-contract' }));
    } finally {
      await server.stop();
      await chain.close();
      await rm(folder, { recursive: true });
    }
  });
});
