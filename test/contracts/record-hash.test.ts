import { type BaseWallet, getAddress, Interface, TypedDataEncoder } from 'ethers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileContracts } from '../../scripts/generate-bindings.ts';
import type { ContributionInput, LedgerEvents, SignatureInput } from '../../src/ledger/bindings.ts';
import { hashCheckpoint } from '../../src/protocol/checkpoint.ts';
import { hashContribution } from '../../src/protocol/contribution.ts';
import { joinDigest } from '../../src/protocol/join.ts';
import {
  hashCheckpointed,
  hashClosed,
  hashEquivocated,
  hashExcluded,
  hashJoined,
  hashOpenStudy,
  hashWithdrawn,
  signerPositions,
} from '../../src/protocol/study-entries.ts';
import { hashValuation } from '../../src/protocol/valuation.ts';
import {
  as,
  type Consortium,
  contribution,
  deploy,
  startConsortium,
  startTestChain,
  type TestChain,
  valuation,
} from './consortium.ts';
import { domainOf, initialHead, nextHead, type RecordType, sign, structHash, typesOf } from './typed-data.ts';

/** Records for each property; the nightly run raises it. */
const RECORDS = Number(process.env['CONSILIUM_VECTOR_RECORDS'] ?? 2000);
/** Records in one call of the harness. */
const BATCH = 100;

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
const leavings = fc.record({ study: bytes32, member: address, endRound: uint(32) });

/** How Solidity and `src/protocol` are asked for the struct hash of a record. */
interface Twin {
  readonly records: fc.Arbitrary<object>;
  readonly method: string;
  /** The arguments of `method`: the record itself if absent. */
  readonly args?: (record: never) => readonly unknown[];
  /** Absent for what `src/protocol` has only the digest of. */
  readonly protocolHash?: (record: never) => string;
}

const TWINS: Readonly<Record<RecordType, Twin>> = {
  OpenStudy: {
    records: fc.record({
      study: bytes32,
      rounds: uint(32),
      maximumMembers: uint(16),
      stalenessBound: uint(32),
      epsilonBudgetMicros: uint(64),
      deltaBudgetPicos: uint(64),
    }),
    method: 'ofOpenings',
    protocolHash: hashOpenStudy,
  },
  Join: {
    records: fc.record({ study: bytes32, member: address, dataCommitment: bytes32, deadline: uint(64) }),
    method: 'ofConsents',
  },
  Joined: {
    records: fc.record({
      study: bytes32,
      member: address,
      position: uint(8),
      firstRound: uint(32),
      dataCommitment: bytes32,
    }),
    method: 'ofJoining',
    args: ({ position, firstRound, ...consent }: Record<string, unknown>) => [
      { ...consent, deadline: 1 },
      position,
      firstRound,
    ],
    protocolHash: hashJoined,
  },
  Contribution: { records: contributions, method: 'ofContributions', protocolHash: hashContribution },
  Valuation: {
    records: fc.record({
      study: bytes32,
      round: uint(32),
      evaluator: address,
      scores: fc.array(bytes32, { maxLength: 9 }),
      salt: bytes32,
    }),
    method: 'ofValuations',
    protocolHash: hashValuation,
  },
  Checkpoint: {
    records: fc.record({ study: bytes32, round: uint(32), head: bytes32 }),
    method: 'ofCheckpoints',
    protocolHash: hashCheckpoint,
  },
  Checkpointed: {
    records: fc.record({ study: bytes32, round: uint(32), signedHead: bytes32, signers: uint(64) }),
    method: 'ofCheckpointing',
    args: ({ signedHead, signers, ...signed }: Record<string, unknown>) => [{ ...signed, head: signedHead }, signers],
    protocolHash: ({ signers, ...signed }: Record<string, unknown>) =>
      hashCheckpointed({ ...signed, signers: signerPositions(signers as bigint) } as never),
  },
  Equivocated: {
    records: fc.record({ study: bytes32, round: uint(32), member: address, first: bytes32, second: bytes32 }),
    method: 'ofEquivocation',
    args: ({ first, second, ...identity }: Record<string, string>) => [
      { ...contribution('', '', 0), ...identity },
      first,
      second,
    ],
    protocolHash: hashEquivocated,
  },
  Withdrawn: { records: leavings, method: 'ofWithdrawal', args: Object.values, protocolHash: hashWithdrawn },
  Excluded: { records: leavings, method: 'ofExclusion', args: Object.values, protocolHash: hashExcluded },
  Closed: {
    records: fc.record({ study: bytes32 }),
    method: 'ofClosing',
    args: Object.values,
    protocolHash: hashClosed,
  },
};

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

test.each(Object.entries(TWINS) as [RecordType, Twin][])(
  'Solidity, ethers and src/protocol agree on random records of type %s',
  async (type, { records, method, args, protocolHash }) => {
    // The harness takes one record a call where the hash is of several arguments.
    const size = args === undefined ? BATCH : 1;
    const runs = args === undefined ? Math.ceil(RECORDS / BATCH) : Math.ceil(RECORDS / 20);
    const property = fc.asyncProperty(fc.array(records, { minLength: size, maxLength: size }), async (batch) => {
      const expected = batch.map((record) => structHash(type, record));
      const answer = await ask(method, args === undefined ? [batch] : args(batch[0] as never));
      expect(args === undefined ? [...(answer as string[])] : [answer]).toEqual(expected);
      if (protocolHash !== undefined) expect(batch.map((record) => protocolHash(record as never))).toEqual(expected);
    });
    await fc.assert(property, { numRuns: runs, endOnFailure: true });
  },
  120_000,
);

test('what a member signs to join is the same digest in src/protocol', () => {
  const contract = '0x00000000000000000000000000000000000c0de5';
  fc.assert(
    fc.property(TWINS.Join.records, fc.integer({ min: 1 }), (consent, chainId) => {
      const digest = joinDigest({ chainId, contract }, consent as Parameters<typeof joinDigest>[1]);
      expect(digest).toBe(TypedDataEncoder.hash(domainOf(chainId, contract), typesOf('Join'), consent));
    }),
  );
});

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

type EntryEvent = keyof Omit<LedgerEvents, 'EIP712DomainChanged' | 'SuccessorNamed' | 'SuccessorCancelled'>;

const RECORD_OF_EVENT: Readonly<Record<EntryEvent, RecordType>> = {
  Opened: 'OpenStudy',
  Joined: 'Joined',
  Contributed: 'Contribution',
  Valued: 'Valuation',
  Withdrawn: 'Withdrawn',
  Closed: 'Closed',
  Excluded: 'Excluded',
  Equivocated: 'Equivocated',
  Checkpointed: 'Checkpointed',
};

const ZERO_DIGEST = `0x${'00'.repeat(32)}`;

/** Every member's record of a round, with the scores of the one before. */
function recordsOf({ study, members }: Consortium, round: number): ContributionInput[] {
  return members.map(({ address: member }): ContributionInput => {
    const record = contribution(study, member, round);
    if (round === 0) return record;
    const scoreCommitment = structHash('Valuation', valuation(study, member, round - 1, members.length));
    return { ...record, ...(round < 2 ? {} : { update: ZERO_DIGEST, samples: 0 }), scoreCommitment };
  });
}

/** A study of two rounds in which everything happens that can. */
async function recordEverything(consortium: Consortium): Promise<void> {
  const { ledger, membership, members, study, admin } = consortium;
  const domain = domainOf(testChain.chain.chainId, await ledger.getAddress());
  const signAll = (type: RecordType, signers: readonly BaseWallet[], records: readonly object[]) =>
    Promise.all(signers.map((signer, index): Promise<SignatureInput> => sign(signer, domain, type, records[index]!)));

  for (let round = 0; round <= 2; round++) {
    const records = recordsOf(consortium, round);
    await (await ledger.contributeBatch(records, await signAll('Contribution', members, records))).wait();
    if (round === 0) continue;
    const valuations = members.map(({ address: each }) => valuation(study, each, round - 1, members.length));
    await (await ledger.revealBatch(valuations)).wait();
  }
  const signed = { study, round: 2, head: (await ledger.studyOf.staticCall(study)).head };
  const signatures = await signAll('Checkpoint', members, [signed, signed, signed]);
  await (await ledger.checkpoint(signed, [0, 1, 2], signatures)).wait();
  const first = contribution(study, members[0]!.address, 1);
  const second = { ...first, samples: 7 };
  const [one, other] = await signAll('Contribution', [members[0]!, members[0]!], [first, second]);
  await (await ledger.reportEquivocation(first, one!, second, other!)).wait();
  await (await membership.remove(members[1]!.address)).wait();
  await (await ledger.exclude(study, members[1]!.address)).wait();
  await (await as(ledger, members[2]!).withdraw(study)).wait();
  await (await as(ledger, admin).closeStudy(study)).wait();
}

test('ethers recomputes the head of a whole study from its events, and its signatures are accepted', async () => {
  const consortium = await startConsortium(testChain, { memberCount: 3, rounds: 2 });
  await recordEverything(consortium);
  const { ledger, study } = consortium;

  let head = initialHead(testChain.chain.chainId, await ledger.getAddress(), study);
  const logs = await testChain.provider.getLogs({ address: ledger.target as string, fromBlock: 0 });
  const seen = new Set<string>();
  for (const [sequence, log] of logs.entries()) {
    const event = ledger.interface.parseLog(log)!;
    seen.add(event.name);
    head = nextHead(head, RECORD_OF_EVENT[event.name as EntryEvent], event.args.toObject());
    expect({ sequence: event.args['sequence'], head: event.args['head'] }).toEqual({
      sequence: BigInt(sequence),
      head,
    });
  }
  expect(seen).toEqual(new Set(Object.keys(RECORD_OF_EVENT)));
  expect(logs).toHaveLength(1 + 3 + 9 + 6 + 5);
  const status = await ledger.studyOf.staticCall(study);
  expect(status.head).toBe(head);
  expect(status.entryCount).toBe(BigInt(logs.length));
  expect(status.state).toBe(2n);
}, 60_000);
