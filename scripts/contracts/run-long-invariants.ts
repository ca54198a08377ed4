/**
 * A million calls against the contract invariants, on the code that is deployed; `--calls` asks for another number. Every
 * invariant has calls of its own, and the number printed is what the runner counted. Fails at the first violation.
 */
import { parseArgs } from 'node:util';
import { compileAsDeployed, projectSettings, readSources } from './solidity-project.ts';
import {
  describeOutcome,
  runSolidityTests,
  type TestOutcome,
  type TestProgram,
  testProgram,
} from './solidity-test-run.ts';

/** Runs of each invariant between two lines of progress. */
const RUNS_PER_BATCH = 128;

interface Totals {
  readonly calls: bigint;
  readonly reverts: bigint;
  readonly violations: readonly TestOutcome[];
}

function addBatch(totals: Totals, outcomes: readonly TestOutcome[]): Totals {
  return {
    calls: outcomes.reduce((sum, { calls }) => sum + calls, totals.calls),
    reverts: outcomes.reduce((sum, { reverts }) => sum + reverts, totals.reverts),
    violations: [...totals.violations, ...outcomes.filter(({ failed }) => failed)],
  };
}

/** Each batch has a seed of its own, or it would repeat the one before. */
async function runBatch(program: TestProgram, batch: number): Promise<TestOutcome[]> {
  const profile = (await projectSettings()).test.solidity.profiles['default'];
  const seed = `0x${(BigInt(profile?.fuzz.seed ?? 0) + BigInt(batch)).toString(16)}`;
  const outcomes = await runSolidityTests(program, {
    fuzz: { ...profile?.fuzz, seed },
    invariant: { ...profile?.invariant, runs: RUNS_PER_BATCH },
    testPattern: '^invariant',
  });
  if (outcomes.length === 0) throw new Error('there are no invariants');
  return outcomes;
}

const secondsSoFar = (): string => `${(performance.now() / 1000).toFixed(0)} s`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { calls: { type: 'string', default: '1000000' } } });
  const wanted = BigInt(values.calls);
  const program = testProgram(await compileAsDeployed(await readSources()));
  const names = new Set<string>();
  let totals: Totals = { calls: 0n, reverts: 0n, violations: [] };
  for (let batch = 0; totals.calls < wanted && totals.violations.length === 0; batch += 1) {
    const outcomes = await runBatch(program, batch);
    for (const { suite, test } of outcomes) names.add(`${suite}.${test}`);
    totals = addBatch(totals, outcomes);
    console.error(`${secondsSoFar()}: ${totals.calls} of ${wanted} calls`);
  }
  for (const violation of totals.violations) console.log(`violated ${describeOutcome(violation)}`);
  const { calls, reverts, violations } = totals;
  console.log(`invariants ${names.size} calls ${calls} reverts ${reverts} violations ${violations.length}`);
  if (violations.length > 0) process.exitCode = 1;
}

await main();
