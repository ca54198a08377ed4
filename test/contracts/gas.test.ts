import { Interface, Signature, type TransactionResponse, type Wallet } from 'ethers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileContracts } from '../../scripts/generate-bindings.ts';
import type { ContributionInput, ValuationInput } from '../../src/ledger/bindings.ts';
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
import { domainOf, structHash, typesOf } from './typed-data.ts';

let testChain: TestChain;
let bare: { contribute(record: ContributionInput): Promise<number>; reveal(record: ValuationInput): Promise<number> };

beforeAll(async () => {
  testChain = await startTestChain();
  const [compiled] = await compileContracts(['test/BareEvents']);
  if (compiled === undefined) throw new Error('no bare events');
  const wallet = testChain.wallet();
  const bareInterface = new Interface(compiled.abi);
  const to = await deploy(wallet, compiled.abi, compiled.bytecode);
  const send = (method: string, record: object) =>
    gasOf(wallet.sendTransaction({ to, data: bareInterface.encodeFunctionData(method, [record]) }));
  bare = { contribute: (record) => send('contribute', record), reveal: (record) => send('reveal', record) };
}, 60_000);

afterAll(() => testChain.stop());

async function gasOf(sent: Promise<TransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  return Number(receipt?.gasUsed);
}

/** A record of a member that has recorded before, with a commitment: what every round but the first costs. */
function steadyRecord(study: string, member: string, round: number, members: number): ContributionInput {
  const scoreCommitment = structHash('Valuation', valuation(study, member, round - 1, members));
  return { ...contribution(study, member, round), scoreCommitment };
}

async function contributeRounds(
  { ledger, study, members }: Consortium,
  wallet: Wallet,
  rounds: number,
): Promise<number> {
  let gas = await gasOf(as(ledger, wallet).contribute(contribution(study, wallet.address, 0)));
  for (let round = 1; round < rounds; round++) {
    gas = await gasOf(as(ledger, wallet).contribute(steadyRecord(study, wallet.address, round, members.length)));
  }
  return gas;
}

test('a contribution costs at most 2.1 bare events, and a revelation at most 1.8', async () => {
  const consortium = await startConsortium(testChain, { memberCount: 8 });
  const { ledger, study, members } = consortium;
  const wallet = members[0]!;
  const contributionGas = await contributeRounds(consortium, wallet, 3);
  const scores = valuation(study, wallet.address, 1, members.length);
  const revealGas = await gasOf(ledger.reveal(scores));
  const bareContributionGas = await bare.contribute(steadyRecord(study, wallet.address, 2, members.length));
  const bareRevealGas = await bare.reveal(scores);
  console.info({ contributionGas, bareContributionGas, revealGas, bareRevealGas });
  expect(contributionGas / bareContributionGas).toBeLessThan(2.1);
  expect(revealGas / bareRevealGas).toBeLessThan(1.8);
}, 60_000);

test('gas does not grow with rounds, members or other studies', async () => {
  const small = await startConsortium(testChain, { memberCount: 1, rounds: 40 });
  const afterTwo = await contributeRounds(small, small.members[0]!, 3);
  const large = await startConsortium(testChain, { memberCount: 24, rounds: 40 });
  const afterForty = await contributeRounds(large, large.members[23]!, 40);
  // Calldata costs by its zero bytes, so random digests differ a little.
  expect(Math.abs(afterForty - afterTwo)).toBeLessThan(250);
}, 60_000);

test('a batch costs less a record than single transactions', async () => {
  const consortium = await startConsortium(testChain, { memberCount: 16 });
  const { ledger, study, members } = consortium;
  let single = 0;
  for (const member of members) single = await contributeRounds(consortium, member, 2);
  const records = members.map(({ address }) => steadyRecord(study, address, 2, members.length));
  const domain = domainOf(testChain.chain.chainId, await ledger.getAddress());
  const signatures = await Promise.all(
    members.map(async (member, index) => {
      const signature = await member.signTypedData(domain, typesOf('Contribution'), records[index] as object);
      return { r: Signature.from(signature).r, vs: Signature.from(signature).yParityAndS };
    }),
  );
  const batch = (await gasOf(ledger.contributeBatch(records, signatures))) / members.length;
  console.info({ single, perRecordInBatchOf16: Math.round(batch) });
  expect(batch / single).toBeLessThan(0.75);
}, 60_000);
