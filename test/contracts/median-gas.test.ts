import { type Contract, ContractFactory } from 'ethers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileContracts } from '../../scripts/generate-bindings.ts';
import type { ValuationInput } from '../../src/ledger/bindings.ts';
import { packScores } from '../../src/protocol/valuation.ts';
import {
  type Consortium,
  contribution,
  digest,
  startConsortium,
  startTestChain,
  type TestChain,
} from './consortium.ts';
import { domainOf, sign, structHash } from './typed-data.ts';

let testChain: TestChain;
let sorter: Contract;

beforeAll(async () => {
  testChain = await startTestChain();
  const [compiled] = await compileContracts(['test/SortedOnChain']);
  if (compiled === undefined) throw new Error('no sorter');
  sorter = (await new ContractFactory(compiled.abi, compiled.bytecode, testChain.wallet()).deploy()) as Contract;
  await sorter.waitForDeployment();
}, 60_000);

afterAll(() => testChain.stop());

/** A score that looks random and is the same in every run. */
const scoreOf = (evaluator: number, target: number): number =>
  Number.parseInt(digest('score', evaluator, target).slice(2, 8), 16) - 0x80_0000;

/** Lets every member record two rounds and reveal its scores of the first. */
async function revealAll({ ledger, study, members }: Consortium): Promise<ValuationInput[]> {
  const domain = domainOf(testChain.chain.chainId, await ledger.getAddress());
  const valuations = members.map(({ address: evaluator }, index): ValuationInput => {
    const scores = packScores(members.map((_, target) => (target === index ? null : scoreOf(index, target))));
    return { study, round: 0, evaluator, scores, salt: digest('salt', evaluator) };
  });
  for (const round of [0, 1]) {
    const records = members.map(({ address }, index) => ({
      ...contribution(study, address, round),
      ...(round === 0 ? {} : { scoreCommitment: structHash('Valuation', valuations[index]!) }),
    }));
    const signatures = await Promise.all(
      members.map((member, index) => sign(member, domain, 'Contribution', records[index]!)),
    );
    await (await ledger.contributeBatch(records, signatures)).wait();
  }
  for (let start = 0; start < members.length; start += 16) {
    await (await ledger.revealBatch(valuations.slice(start, start + 16))).wait();
  }
  return valuations;
}

test.each([4, 16, 64])(
  'the median of %i members is checked for less than it takes to sort their scores',
  async (memberCount) => {
    const consortium = await startConsortium(testChain, { memberCount, rounds: 4 });
    const valuations = await revealAll(consortium);
    const { ledger, study } = consortium;
    const scored = valuations.map((valuation, index) => ({ valuation, score: scoreOf(index, 0) })).slice(1);
    const unordered = scored.map(({ score }) => score);
    const ordered = scored.toSorted((a, b) => a.score - b.score);

    const args = [study, 0, 0, ordered.map(({ valuation }) => valuation)] as const;
    const [median, scorers] = await ledger.medianScore.staticCall(...args);
    const { gasUsed } = (await (
      await consortium.admin.sendTransaction({
        to: ledger.target,
        data: ledger.interface.encodeFunctionData('medianScore', args as never),
      })
    ).wait())!;
    const sorted = await sorter['medianOf']!(unordered);
    const worst = await sorter['medianOf']!(unordered.toSorted((a, b) => b - a));
    const check = await sorter['isOrdered']!(ordered.map(({ score }) => score));

    expect(scorers).toBe(BigInt(memberCount - 1));
    expect(median).toBe(sorted.median);
    expect(check.ordered).toBe(true);
    expect(check.gasUsed).toBeLessThan(sorted.gasUsed);
    console.info({
      memberCount,
      medianScore: Number(gasUsed),
      checkingOrder: Number(check.gasUsed),
      sorting: Number(sorted.gasUsed),
      sortingAtWorst: Number(worst.gasUsed),
    });
  },
  120_000,
);
