import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hex, ZERO_DIGEST } from '../../src/base/bytes.ts';
import { administer } from '../../src/ledger/admin.ts';
import { openEmbeddedChain } from '../../src/ledger/embedded/embedded-chain.ts';
import { startJsonRpcServer } from '../../src/ledger/embedded/json-rpc-server.ts';
import { connectLedger } from '../../src/ledger/ethers-ledger.ts';
import type { Ledger, LedgerReader } from '../../src/ledger/ledger.ts';
import { createMemoryLedger } from '../../src/ledger/memory-ledger.ts';
import type { Contribution } from '../../src/protocol/contribution.ts';
import { findHeadBreak, initialHead } from '../../src/protocol/ledger-entry.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';
import type { OpenStudy } from '../../src/protocol/study-entries.ts';
import { hashValuation, packScores, type Valuation } from '../../src/protocol/valuation.ts';
import { contribution, DOMAIN, digest, memberAccount, memberKey } from '../builders.ts';

/** A ledger with members 1, 2 and 3 admitted. */
interface Rig {
  readonly reader: LedgerReader;
  as(n: number): Ledger;
  openStudy(study: OpenStudy): Promise<void>;
  stop(): Promise<void>;
}

async function memoryRig(): Promise<Rig> {
  const ledger = createMemoryLedger(DOMAIN);
  for (const n of [1, 2, 3]) ledger.admit(memberAccount(n));
  return {
    reader: ledger,
    as: (n) => ledger.as(memberAccount(n)),
    openStudy: async (study) => ledger.openStudy(study),
    stop: async () => {},
  };
}

async function chainRig(): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-chain-'));
  const chain = await openEmbeddedChain({ dataDirectory: folder });
  const server = await startJsonRpcServer(chain);
  const admin = await administer(server.url, memberKey(99));
  const { ledger: contract, membership } = await admin.deploy(0);
  await admin.admit(membership, [1, 2, 3].map(memberAccount));
  const connection = await connectLedger({ rpcUrl: server.url, contract });
  return {
    reader: connection,
    as: (n) => connection.as(memberKey(n)),
    openStudy: (study) => admin.openStudy(contract, study),
    stop: async () => {
      connection.close();
      admin.close();
      await server.stop();
      await chain.close();
      await rm(folder, { recursive: true });
    },
  };
}

describe.each([
  ['in memory', memoryRig],
  ['on the embedded chain', chainRig],
])('a ledger %s', (_name, createRig) => {
  let rig: Rig;
  let count = 0;
  beforeAll(async () => {
    rig = await createRig();
  });
  afterAll(() => rig.stop());

  /** A new study that members 1 and 2 have joined. */
  const begin = async (terms: Partial<OpenStudy> = {}): Promise<Hex> => {
    const study = digest(`study ${count++}`);
    await rig.openStudy({ study, rounds: 3, maximumMembers: 2, epsilonBudgetMicros: 100, ...terms });
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
    await rig.as(2).reveal(valuation); // anybody may open it
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
    expect(findHeadBreak({ head: initialHead(rig.reader.domain, study), sequence: 0 }, entries)).toBeNull();
    const state = await rig.reader.study(study);
    expect(state).toMatchObject({ length: 7, head: entries.at(-1)?.head, participants: 2, rounds: 3, open: true });
    expect(await rig.reader.entries(study, 5)).toEqual(entries.slice(5));
    expect(await rig.reader.gasUsed(entries[3]?.transaction ?? '0x')).toBeGreaterThan(20_000);
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
    await expect(rig.as(1).reveal(valuation)).rejects.toThrow(refused('NothingToReveal'));
    await rig.as(1).contribute(by(1, study));
    await rig.as(1).contribute(by(1, study, { round: 1, scoreCommitment: hashValuation(valuation) }));
    await expect(rig.as(1).reveal({ ...valuation, scores: packScores([9, 2]) })).rejects.toThrow(
      refused('NotTheCommitment'),
    );
    await expect(rig.as(1).reveal({ ...valuation, round: 1 })).rejects.toThrow(refused('NotTheCommittedRound'));
    await rig.as(1).reveal(valuation);
    await expect(rig.as(1).reveal(valuation)).rejects.toThrow(refused('NothingToReveal'));
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
