import { getAddress, Interface, Signature } from 'ethers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileContracts } from '../../scripts/generate-bindings.ts';
import type { ContributionInput, LedgerEvents } from '../../src/ledger/bindings.ts';
import { as, contribution, deploy, startConsortium, startTestChain, type TestChain, valuation } from './consortium.ts';
import { domainOf, initialHead, nextHead, type RecordType, structHash, typesOf } from './typed-data.ts';

/** Records for each property; the nightly run raises it. */
const RECORDS = Number(process.env['CONSILIUM_VECTOR_RECORDS'] ?? 2000);

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => `0x${Buffer.from(value).toString('hex')}`);
const bytes32 = hex(32);
const address = hex(20).map(getAddress);
const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });

const contributions = fc.record({
  study: bytes32,
  round: uint(32),
  member: address,
  base: bytes32,
  recipe: bytes32,
  update: bytes32,
  samples: uint(32),
  epsilonMicros: uint(64),
  metrics: bytes32,
  scoreCommitment: bytes32,
});
const valuations = fc.record({
  study: bytes32,
  round: uint(32),
  evaluator: address,
  scores: fc.array(bytes32, { maxLength: 9 }),
  salt: bytes32,
});
const openings = fc.record({
  study: bytes32,
  rounds: uint(32),
  maximumMembers: uint(16),
  epsilonBudgetMicros: uint(64),
});

let testChain: TestChain;
let harness: string;
let harnessInterface: Interface;

beforeAll(async () => {
  testChain = await startTestChain();
  const [compiled] = await compileContracts(['test/RecordHashHarness']);
  if (compiled === undefined) throw new Error('no harness');
  harnessInterface = new Interface(compiled.abi);
  harness = await deploy(testChain.wallet(), compiled.abi, compiled.bytecode);
}, 60_000);

afterAll(() => testChain.stop());

async function ask(method: string, args: readonly unknown[]): Promise<unknown> {
  const data = harnessInterface.encodeFunctionData(method, args);
  return harnessInterface.decodeFunctionResult(method, await testChain.provider.call({ to: harness, data }))[0];
}

const BATCH = 100;

test.each([
  ['ofContributions', 'Contribution', contributions],
  ['ofValuations', 'Valuation', valuations],
  ['ofOpenings', 'OpenStudy', openings],
] as const)(
  'Solidity %s and ethers agree on random records',
  async (method, type, records) => {
    const batches = fc.array<object>(records, { minLength: BATCH, maxLength: BATCH });
    const property = fc.asyncProperty(batches, async (batch) => {
      expect([...((await ask(method, [batch])) as string[])]).toEqual(batch.map((record) => structHash(type, record)));
    });
    await fc.assert(property, { numRuns: Math.ceil(RECORDS / BATCH), endOnFailure: true });
  },
  120_000,
);

test('Solidity and ethers agree on joining, withdrawing and closing', async () => {
  const joining = fc.record({ study: bytes32, member: address, position: uint(16), dataCommitment: bytes32 });
  const property = fc.asyncProperty(joining, async ({ study, member, position, dataCommitment }) => {
    const join = { study, member, position, dataCommitment };
    expect(await ask('ofJoining', Object.values(join))).toBe(structHash('Join', join));
    expect(await ask('ofWithdrawal', [study, member])).toBe(structHash('Withdraw', { study, member }));
    expect(await ask('ofClosing', [study])).toBe(structHash('Close', { study }));
  });
  await fc.assert(property, { numRuns: 50 });
}, 60_000);

test('one changed field changes the struct hash', () => {
  fc.assert(
    fc.property(
      contributions,
      contributions,
      fc.constantFrom(...typesOf('Contribution')['Contribution']!),
      (a, b, { name }) => {
        const key = name as keyof typeof a;
        fc.pre(a[key] !== b[key]);
        expect(structHash('Contribution', { ...a, [key]: b[key] })).not.toBe(structHash('Contribution', a));
      },
    ),
  );
});

const RECORD_OF_EVENT: Record<keyof Omit<LedgerEvents, 'EIP712DomainChanged'>, RecordType> = {
  Opened: 'OpenStudy',
  Joined: 'Join',
  Contributed: 'Contribution',
  Valued: 'Valuation',
  Withdrawn: 'Withdraw',
  Closed: 'Close',
};

test('ethers recomputes the head of a whole study from its events, and its signatures are accepted', async () => {
  const { ledger, members, study, admin } = await startConsortium(testChain, { memberCount: 3, rounds: 2 });
  const chainId = testChain.chain.chainId;
  const domain = domainOf(chainId, await ledger.getAddress());

  for (let round = 0; round <= 2; round++) {
    const records = members.map((member): ContributionInput => {
      const record = contribution(study, member.address, round);
      if (round === 0) return record;
      const scoreCommitment = structHash('Valuation', valuation(study, member.address, round - 1, 3));
      const trained = round < 2 ? {} : { update: `0x${'00'.repeat(32)}`, samples: 0 };
      return { ...record, ...trained, scoreCommitment };
    });
    const signatures = await Promise.all(
      members.map(async (member, index) => {
        const signature = await member.signTypedData(domain, typesOf('Contribution'), records[index] as object);
        const { r, yParityAndS: vs } = Signature.from(signature);
        return { r, vs };
      }),
    );
    await (await ledger.contributeBatch(records, signatures)).wait();
    if (round === 0) continue;
    for (const { address } of members) {
      await (await ledger.reveal(valuation(study, address, round - 1, 3))).wait();
    }
  }
  await (await as(ledger, members[2]!).withdraw(study)).wait();
  await (await as(ledger, admin).closeStudy(study)).wait();

  let head = initialHead(chainId, await ledger.getAddress(), study);
  const logs = await testChain.provider.getLogs({ address: ledger.target as string, fromBlock: 0 });
  for (const [sequence, log] of logs.entries()) {
    const event = ledger.interface.parseLog(log)!;
    head = nextHead(head, sequence, RECORD_OF_EVENT[event.name as keyof typeof RECORD_OF_EVENT], event.args.toObject());
    expect({ sequence: event.args['sequence'], head: event.args['head'] }).toEqual({
      sequence: BigInt(sequence),
      head,
    });
  }
  expect(logs).toHaveLength(1 + 3 + 9 + 6 + 2);
  const status = await ledger.studyOf.staticCall(study);
  expect(status.head).toBe(head);
  expect(status.entryCount).toBe(BigInt(logs.length));
}, 60_000);
