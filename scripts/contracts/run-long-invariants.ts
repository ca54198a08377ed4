/**
 * A million calls against the contract invariants, on the code that is deployed; `--calls` asks for another number. Every
 * invariant has calls of its own, and the number printed is what the runner counted. Other calls every time, unless
 * `--seed` repeats those of an earlier run. Fails at the first violation, and prints its seed and the calls that led to it.
 */
import { randomBytes } from 'node:crypto';
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
  readonly violations: readonly Violation[];
}

interface Violation {
  readonly outcome: TestOutcome;
  readonly seed: string;
}

function addBatch(totals: Totals, seed: string, outcomes: readonly TestOutcome[]): Totals {
  const violations = outcomes.filter(({ failed }) => failed).map((outcome) => ({ outcome, seed }));
  return {
    calls: outcomes.reduce((sum, { calls }) => sum + calls, totals.calls),
    reverts: outcomes.reduce((sum, { reverts }) => sum + reverts, totals.reverts),
    violations: [...totals.violations, ...violations],
  };
}

/** Each batch has a seed of its own, or it would repeat the one before. */
const seedOf = (firstSeed: string, batch: number): string => `0x${(BigInt(firstSeed) + BigInt(batch)).toString(16)}`;

async function runBatch(program: TestProgram, seed: string): Promise<TestOutcome[]> {
  const profile = (await projectSettings()).test.solidity.profiles['default'];
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
  const anySeed = `0x${randomBytes(8).toString('hex')}`;
  const { values } = parseArgs({
    options: { calls: { type: 'string', default: '1000000' }, seed: { type: 'string', default: anySeed } },
  });
  const wanted = BigInt(values.calls);
  console.error(`seed ${values.seed}`);
  const program = testProgram(await compileAsDeployed(await readSources()));
  const names = new Set<string>();
  let totals: Totals = { calls: 0n, reverts: 0n, violations: [] };
  for (let batch = 0; totals.calls < wanted && totals.violations.length === 0; batch += 1) {
    const seed = seedOf(values.seed, batch);
    const outcomes = await runBatch(program, seed);
    for (const { suite, test } of outcomes) names.add(`${suite}.${test}`);
    totals = addBatch(totals, seed, outcomes);
    console.error(`${secondsSoFar()}: ${totals.calls} of ${wanted} calls`);
  }
  for (const { outcome, seed } of totals.violations)
    console.log(`violated with --seed ${seed} ${describeOutcome(outcome)}`);
  const { calls, reverts, violations } = totals;
  console.log(`invariants ${names.size} calls ${calls} reverts ${reverts} violations ${violations.length}`);
  if (violations.length > 0) process.exitCode = 1;
}

await main();
