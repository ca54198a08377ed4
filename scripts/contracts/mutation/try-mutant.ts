import { type CompilerOutput, projectSettings } from '../solidity-project.ts';
import {
  runSolidityTests,
  type TestOutcome,
  type TestProgram,
  type TestRunOptions,
  testProgram,
} from '../solidity-test-run.ts';
import { SWITCH_ADDRESS } from './switched-sources.ts';

/** Enough for the longest of our tests by far, and over in a second: a mutant may loop for ever. */
const GAS_LIMIT = 1_000_000_000n;

interface Phase extends TestRunOptions {
  /** Whether these are the suites with invariants, or the others; all if it is left out. */
  readonly ofInvariantSuites?: boolean;
}

/** Cheapest first, each only for mutants that the ones before it let live. */
export type Phases = readonly Phase[];

const UNIT_TESTS = { excludeTestPattern: '^(testFuzz|invariant)' };
const FUZZ_TESTS = { testPattern: '^testFuzz' };
const INVARIANTS = { testPattern: '^invariant' };

/**
 * Unit tests, few fuzz runs, few invariant runs; `thorough` adds all that the project's configuration asks for. The
 * suites with invariants come late: EDR traces a test that fails, which takes seconds for their long ones.
 */
export async function testPhases(thorough: boolean): Promise<Phases> {
  const { fuzz = {}, invariant = {} } = (await projectSettings()).test.solidity.profiles['default'] ?? {};
  const all = { gasLimit: GAS_LIMIT, fuzz, invariant: { ...invariant, shrinkRunLimit: 0 } };
  const few = { ...all, fuzz: { ...fuzz, runs: 16 }, invariant: { ...all.invariant, runs: 4 } };
  const quick = [
    { ...few, ...UNIT_TESTS, ofInvariantSuites: false },
    { ...few, ...FUZZ_TESTS },
    { ...few, ...INVARIANTS },
    { ...few, ...UNIT_TESTS, ofInvariantSuites: true },
  ];
  return thorough ? [...quick, { ...all, ...FUZZ_TESTS }, { ...all, ...INVARIANTS }] : quick;
}

const nameOf = ({ suite, test }: TestOutcome): string => `${suite}.${test}`;

/** The tests to run, without the suites that the caller leaves out. */
export function selectedTests(output: CompilerOutput, skipSuites: RegExp | undefined): TestProgram {
  const { artifacts, suites, invariantSuites } = testProgram(output);
  const isWanted = ({ source, name }: { source: string; name: string }): boolean =>
    !skipSuites?.test(`${source}:${name}`);
  return { artifacts, suites: suites.filter(isWanted), invariantSuites: invariantSuites.filter(isWanted) };
}

/** Tests that fail with no mutant active: gas limits, for one, do not hold with switches in the code. They cannot kill. */
export async function testsThatFailAnyway(program: TestProgram, phases: Phases): Promise<Set<string>> {
  const outcomes: TestOutcome[] = [];
  for (const phase of phases) outcomes.push(...(await runPhase(program, phase, 0)));
  if (outcomes.length === 0) throw new Error('there are no tests');
  return new Set(outcomes.filter(({ failed }) => failed).map(nameOf));
}

export interface Testable {
  readonly program: TestProgram;
  readonly unusable: ReadonlySet<string>;
}

/** The first test that notices the mutant; zero means that it is compiled in. */
export async function killerOf(
  mutant: number,
  { program, unusable }: Testable,
  phases: Phases,
): Promise<string | undefined> {
  for (const phase of phases) {
    const outcomes = await runPhase(program, phase, mutant);
    const killer = outcomes.find((outcome) => outcome.failed && !unusable.has(nameOf(outcome)));
    if (killer !== undefined) return nameOf(killer);
  }
  return undefined;
}

function runPhase(
  program: TestProgram,
  { ofInvariantSuites, ...options }: Phase,
  mutant: number,
): Promise<TestOutcome[]> {
  const { artifacts, invariantSuites } = program;
  const suites = program.suites.filter(
    (suite) => (ofInvariantSuites ?? invariantSuites.includes(suite)) === invariantSuites.includes(suite),
  );
  const account = {
    address: Buffer.from(SWITCH_ADDRESS.slice(2), 'hex'),
    balance: BigInt(mutant),
    code: Uint8Array.of(0),
  };
  return runSolidityTests({ artifacts, suites, invariantSuites }, { ...options, account });
}
