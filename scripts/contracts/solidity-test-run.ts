import { stripVTControlCharacters } from 'node:util';
import {
  type AccountOverride,
  type Artifact,
  type ArtifactId,
  type BaseCounterExample,
  CollectStackTraces,
  EdrContext,
  type FuzzConfigArgs,
  type InvariantConfigArgs,
  type InvariantTestKind,
  L1_CHAIN_TYPE,
  l1GenesisState,
  l1HardforkFromString,
  l1SolidityTestRunnerFactory,
  OSAKA,
  type SuiteResult,
  type TestResult,
  TestStatus,
} from '@nomicfoundation/edr';
import { type CompilerOutput, compilerVersion, PROJECT_ROOT } from './solidity-project.ts';

/** Compiled contracts in the form that the runner of Hardhat, EDR, takes them. */
export interface TestProgram {
  readonly artifacts: Artifact[];
  readonly suites: ArtifactId[];
  /** Those of the suites that have invariants; their other tests are long too. */
  readonly invariantSuites: ArtifactId[];
}

export interface TestOutcome {
  readonly suite: string;
  readonly test: string;
  readonly failed: boolean;
  readonly reason: string;
  /** The calls that led to a failure, shortened by the runner: one of a fuzz test, a sequence of an invariant. */
  readonly failingCalls: readonly string[];
  /** Only of invariants: how often the handler was called, and how many of these calls reverted. */
  readonly calls: bigint;
  readonly reverts: bigint;
}

export interface TestRunOptions {
  readonly fuzz: FuzzConfigArgs;
  readonly invariant: InvariantConfigArgs;
  /** Only tests whose name matches. */
  readonly testPattern?: string;
  readonly excludeTestPattern?: string;
  /** Stops a test that would never end. */
  readonly gasLimit?: bigint;
  /** An account that exists from the start: lets the caller tell the contracts something. */
  readonly account?: AccountOverride;
  /** Called with what the code sent to EDR's coverage address; never twice with the same word for one test. */
  readonly onCoverage?: (words: readonly Uint8Array[]) => void;
}

/** Everything that can be run; suites are the contracts in `*.t.sol` with test functions. */
export function testProgram(output: CompilerOutput): TestProgram {
  const program: TestProgram = { artifacts: [], suites: [], invariantSuites: [] };
  for (const [source, contracts] of Object.entries(output.contracts ?? {})) {
    for (const [name, { abi, evm }] of Object.entries(contracts)) {
      const id = { name, source, solcVersion: compilerVersion() };
      program.artifacts.push({ id, contract: contractData(JSON.stringify(abi), evm) });
      if (!source.endsWith('.t.sol') || evm.bytecode.object === '') continue;
      const functions = abi.filter(({ type }) => type === 'function').map((entry) => entry.name ?? '');
      if (functions.some((each) => /^(?:test|invariant)/.test(each))) program.suites.push(id);
      if (functions.some((each) => each.startsWith('invariant'))) program.invariantSuites.push(id);
    }
  }
  return program;
}

interface GeneratedCode {
  readonly bytecode: { readonly object: string };
  readonly deployedBytecode: { readonly object: string };
}

function contractData(abi: string, code: GeneratedCode): Artifact['contract'] {
  return {
    abi,
    bytecode: `0x${code.bytecode.object}`,
    linkReferences: {},
    deployedBytecode: `0x${code.deployedBytecode.object}`,
    deployedLinkReferences: {},
  };
}

let context: Promise<EdrContext> | undefined;

async function createContext(): Promise<EdrContext> {
  const created = new EdrContext();
  await created.registerSolidityTestRunnerFactory(L1_CHAIN_TYPE, l1SolidityTestRunnerFactory());
  return created;
}

/** Runs tests in this process, as `hardhat test solidity` does but without its start-up, compilation and report. */
export async function runSolidityTests(program: TestProgram, options: TestRunOptions): Promise<TestOutcome[]> {
  if (program.suites.length === 0) return [];
  context ??= createContext();
  const edr = await context;
  const outcomes: TestOutcome[] = [];
  const finished = Promise.withResolvers<void>();
  let unfinished = program.suites.length;
  const onSuite = (suite: SuiteResult): void => {
    outcomes.push(...suite.testResults.map((result) => outcomeOf(suite.id.name, result)));
    unfinished -= 1;
    if (unfinished === 0) finished.resolve();
  };
  const tracing = { buildInfos: [], ignoreContracts: true };
  await edr.runSolidityTests(L1_CHAIN_TYPE, program.artifacts, program.suites, runnerConfig(options), tracing, onSuite);
  await finished.promise;
  return outcomes;
}

type RunnerConfig = Parameters<EdrContext['runSolidityTests']>[3];

/** The defaults are those of Hardhat's own runner. */
function runnerConfig({ account, onCoverage, ...options }: TestRunOptions): RunnerConfig {
  const predeployed = l1GenesisState(l1HardforkFromString(OSAKA));
  const onCollectedCoverageCallback = async (words: Uint8Array[]): Promise<void> => onCoverage?.(words);
  return {
    projectRoot: PROJECT_ROOT,
    hardfork: OSAKA,
    localPredeploys: account === undefined ? predeployed : [...predeployed, account],
    disableBlockGasLimit: true,
    disableTransactionGasCap: true,
    collectStackTraces: CollectStackTraces.OnFailure,
    ...(onCoverage === undefined ? {} : { observability: { codeCoverage: { onCollectedCoverageCallback } } }),
    ...options,
  };
}

function outcomeOf(suite: string, result: TestResult): TestOutcome {
  const kind: Partial<InvariantTestKind> = 'calls' in result.kind ? result.kind : {};
  return {
    suite,
    test: result.name,
    failed: result.status === TestStatus.Failure,
    reason: result.reason ?? '',
    failingCalls: callsOf(result.counterexample).map(describeCall),
    calls: kind.calls ?? 0n,
    reverts: kind.reverts ?? 0n,
  };
}

function callsOf(counterexample: TestResult['counterexample']): readonly BaseCounterExample[] {
  if (counterexample === undefined) return [];
  return 'sequence' in counterexample ? counterexample.sequence : [counterexample];
}

const hexOf = (bytes: Uint8Array | undefined): string => `0x${Buffer.from(bytes ?? []).toString('hex')}`;

function describeCall({ sender, signature, args, calldata }: BaseCounterExample): string {
  const from = sender === undefined ? '' : ` from ${hexOf(sender)}`;
  return signature === undefined
    ? `${hexOf(calldata)}${from}`
    : `${signature} of (${stripVTControlCharacters(args ?? '')})${from}`;
}

/** A line for a report, and one for each call that led to a failure. */
export function describeOutcome({ suite, test, reason, failingCalls }: TestOutcome): string {
  return [`${suite}.${test}${reason === '' ? '' : `: ${reason}`}`, ...failingCalls].join('\n    ');
}
