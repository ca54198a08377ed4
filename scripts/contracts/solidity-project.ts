import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { createHardhatRuntimeEnvironment } from 'hardhat/hre';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import hardhatConfig from '../../hardhat.config.ts';
import type { SyntaxNode } from './syntax-tree.ts';

export const PROJECT_ROOT = resolve(import.meta.dirname, '../..');

/** Text of Solidity files by their path from the project's root. */
export type Sources = Readonly<Record<string, string>>;

export interface Complaint {
  readonly severity: string;
  readonly message: string;
  readonly formattedMessage?: string;
  readonly sourceLocation?: { readonly file: string; readonly start: number };
}

interface CompiledContract {
  readonly abi: readonly { readonly type: string; readonly name?: string }[];
  readonly evm: { readonly bytecode: { object: string }; readonly deployedBytecode: { object: string } };
}

export interface CompilerOutput {
  readonly errors?: readonly Complaint[];
  readonly sources?: Readonly<Record<string, { readonly ast: SyntaxNode }>>;
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, CompiledContract>>>>;
}

interface Compiler {
  readonly version: () => string;
  readonly compile: (input: string, callbacks: { import: (path: string) => { contents: string } }) => string;
}

const require = createRequire(import.meta.url);
let compiler: Compiler | undefined;

/** Loading takes a second, so it is done once and only by who compiles. */
function loadedCompiler(): Compiler {
  compiler ??= require('solc') as Compiler;
  return compiler;
}

/** Our contracts and their tests, as they are on disk. */
export async function readSources(): Promise<Sources> {
  const sources: Record<string, string> = {};
  for await (const path of glob('contracts/**/*.sol', { cwd: PROJECT_ROOT })) {
    sources[path] = readFileSync(resolve(PROJECT_ROOT, path), 'utf8');
  }
  return Object.fromEntries(Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a file is one of those that are deployed, and so must be tested. */
export function isProduction(path: string): boolean {
  return path.startsWith('contracts/') && !path.startsWith('contracts/test/');
}

/** The settings of the project's Hardhat configuration. */
export async function projectSettings(): Promise<HardhatRuntimeEnvironment['config']> {
  return (await createHardhatRuntimeEnvironment(hardhatConfig, {}, PROJECT_ROOT)).config;
}

const readImport = (path: string): { contents: string } => ({
  contents: readFileSync(resolve(PROJECT_ROOT, 'node_modules', path), 'utf8'),
});

function compileWith(sources: Sources, settings: Readonly<Record<string, unknown>>): CompilerOutput {
  const content = Object.entries(sources).map(([path, text]) => [path, { content: text }]);
  const input = { language: 'Solidity', sources: Object.fromEntries(content), settings };
  return JSON.parse(loadedCompiler().compile(JSON.stringify(input), { import: readImport })) as CompilerOutput;
}

/** Errors of a compilation, without its warnings. */
export function errorsOf(output: CompilerOutput): Complaint[] {
  return (output.errors ?? []).filter(({ severity }) => severity === 'error');
}

/** @throws Error with the compiler's own words, if it found errors */
export function refuseErrors(output: CompilerOutput): CompilerOutput {
  const errors = errorsOf(output);
  if (errors.length > 0) throw new Error(errors.map((each) => each.formattedMessage ?? each.message).join('\n'));
  return output;
}

/** The syntax tree of every file, without code: takes a fraction of the time. */
export function parseSources(sources: Sources): Map<string, SyntaxNode> {
  const output = refuseErrors(compileWith(sources, { outputSelection: { '*': { '': ['ast'] } } }));
  return new Map(Object.entries(output.sources ?? {}).map(([path, { ast }]) => [path, ast]));
}

const OUTPUTS = ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'];

/** Of the optimiser only what moves variables from the stack to memory: half the time of all of it. */
const MOVE_VARIABLES_ONLY = { stackAllocation: true, optimizerSteps: 'u:' };

/**
 * Fastest first; the others only for code with so many variables that the plain generator runs out of stack. The last one
 * takes ten times as long, so a contract is worth splitting into functions that the first one can compile.
 */
const GENERATORS = [
  { optimizer: { enabled: false } },
  { optimizer: { enabled: true, runs: 1 } },
  { optimizer: { enabled: true, runs: 1, details: { yul: true, yulDetails: MOVE_VARIABLES_ONLY } }, viaIR: true },
];

const isOutOfStack = ({ message }: Complaint): boolean => /stack too deep/i.test(message);

/** Code to run tests on, which need not be small: unoptimised code compiles three times as fast. */
export function compileForTests(sources: Sources): CompilerOutput {
  let output: CompilerOutput = {};
  for (const generator of GENERATORS) {
    output = compileWith(sources, {
      ...generator,
      evmVersion: 'paris',
      outputSelection: { '*': { '*': OUTPUTS } },
    });
    if (!errorsOf(output).some(isOutOfStack)) break;
  }
  return output;
}

/** The code that is deployed: optimised as in the project's configuration. */
export async function compileAsDeployed(sources: Sources): Promise<CompilerOutput> {
  const settings = (await projectSettings()).solidity.profiles['default']?.compilers[0]?.settings as object;
  return refuseErrors(compileWith(sources, { ...settings, outputSelection: { '*': { '*': OUTPUTS } } }));
}

/** `0.8.37`, without the commit. */
export function compilerVersion(): string {
  return loadedCompiler().version().split('+')[0] ?? '';
}
