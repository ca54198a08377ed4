/**
 * Writes `src/ledger/bindings.ts` from the contracts: all that the ledger client needs to know of them, so that nothing
 * is compiled at run time. `--check` writes nothing, and fails if the file is not what the contracts give.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { keccak256 } from 'ethers';
import { createHardhatRuntimeEnvironment } from 'hardhat/hre';
import hardhatConfig from '../hardhat.config.ts';

const PROJECT_ROOT = resolve(import.meta.dirname, '..');
const BINDINGS_PATH = resolve(PROJECT_ROOT, 'src/ledger/bindings.ts');

interface AbiParameter {
  readonly name: string;
  readonly type: string;
  readonly internalType: string;
  readonly components?: readonly AbiParameter[];
}

export interface AbiEntry {
  readonly type: string;
  readonly name: string;
  readonly inputs?: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
  readonly stateMutability?: string;
}

export interface CompiledContract {
  readonly name: string;
  readonly abi: readonly AbiEntry[];
  readonly bytecode: string;
  /** Deployed code with zeros where the constructor puts the immutables. */
  readonly runtimeCode: string;
  readonly immutables: readonly { readonly start: number; readonly length: number }[];
}

/** How contracts are compiled to be deployed. */
const PRODUCTION = { buildProfile: 'production' };

/**
 * Compiles contracts afresh, through Hardhat but past its cache.
 * @param paths of files under `contracts/`, without the extension; each holds a contract of the same name
 * @throws Error if the compiler complains, even by a warning, about a file of ours
 */
export async function compileContracts(
  paths: readonly string[],
  projectRoot = PROJECT_ROOT,
): Promise<CompiledContract[]> {
  const { solidity } = await createHardhatRuntimeEnvironment(hardhatConfig, {}, projectRoot);
  const roots = paths.map((path) => resolve(projectRoot, 'contracts', `${path}.sol`));
  const jobs = await solidity.getCompilationJobs(roots, { ...PRODUCTION, force: true, quiet: true, isolated: true });
  if (!jobs.success) throw new Error(jobs.formattedReason);

  const compiled: CompiledContract[] = [];
  for (const [index, path] of paths.entries()) {
    const job = jobs.compilationJobsPerFile.get(roots[index] ?? '');
    if (job === undefined) throw new Error(`Hardhat has no compilation job for contracts/${path}.sol`);
    const { output } = await solidity.runCompilationJob(job, { quiet: true });
    refuseComplaints(output.errors ?? []);
    const name = basename(path);
    compiled.push(compiledContract(name, output.contracts?.[`project/contracts/${path}.sol`]?.[name]));
  }
  return compiled;
}

interface Complaint {
  readonly severity: string;
  readonly message: string;
  readonly formattedMessage?: string;
  readonly sourceLocation?: { readonly file: string };
}

/** OpenZeppelin's own warnings are not ours to mend; any other complaint is an error. */
function refuseComplaints(complaints: readonly Complaint[]): void {
  const ours = complaints.filter((each) => each.severity === 'error' || !each.sourceLocation?.file.startsWith('npm/'));
  if (ours.length > 0) throw new Error(ours.map((each) => each.formattedMessage ?? each.message).join('\n'));
}

interface SolcContract {
  readonly abi: AbiEntry[];
  readonly evm?: {
    readonly bytecode?: { readonly object: string };
    readonly deployedBytecode?: {
      readonly object: string;
      readonly immutableReferences?: Record<string, { start: number; length: number }[]>;
    };
  };
}

function compiledContract(name: string, contract: SolcContract | undefined): CompiledContract {
  const creation = contract?.evm?.bytecode;
  const runtime = contract?.evm?.deployedBytecode;
  if (contract === undefined || creation === undefined || runtime === undefined) {
    throw new Error(`the compiler gave no code for ${name}`);
  }
  const immutables = Object.values(runtime.immutableReferences ?? {}).flat();
  return {
    name,
    abi: contract.abi,
    bytecode: `0x${creation.object}`,
    runtimeCode: `0x${runtime.object}`,
    immutables: immutables.sort((a, b) => a.start - b.start),
  };
}

const ETHERS_TYPES = [
  'AddressLike',
  'BaseContract',
  'BaseContractMethod',
  'BigNumberish',
  'BytesLike',
  'ContractRunner',
  'ContractTransactionResponse',
];

/** The text of the bindings; the same contracts always give the same text. */
export function renderBindings(contracts: readonly CompiledContract[]): string {
  return `${[
    '// Generated from contracts/ by scripts/generate-bindings.ts: run that again instead of editing this file.',
    `import { ${ETHERS_TYPES.map((name) => `type ${name}`).join(', ')}, Contract } from 'ethers';`,
    '',
    '/** How to recognise a contract: its deployed code, with zeros in these ranges, has this keccak-256 digest. */',
    'export interface CodeIdentity {',
    '  readonly runtimeHash: string;',
    '  readonly immutables: readonly { readonly start: number; readonly length: number }[];',
    '}',
    ...renderStructs(contracts.flatMap(({ abi }) => functionsOf(abi))),
    ...contracts.flatMap(renderContract),
  ].join('\n')}\n`;
}

const functionsOf = (abi: readonly AbiEntry[]): AbiEntry[] => abi.filter(({ type }) => type === 'function');

function renderContract({ name, abi, bytecode, runtimeCode, immutables }: CompiledContract): string[] {
  const constant = name.toUpperCase();
  return [
    '',
    `export const ${constant}_ABI = [`,
    ...abi.map((entry) => `  ${JSON.stringify(entry)},`),
    '] as const;',
    '',
    "/** Creation code; the constructor's arguments go behind it. */",
    `export const ${constant}_BYTECODE = '${bytecode}';`,
    '',
    `export const ${constant}_CODE: CodeIdentity = {`,
    `  runtimeHash: '${keccak256(runtimeCode)}',`,
    `  immutables: ${JSON.stringify(immutables)},`,
    '};',
    '',
    "/** Each event's arguments by name, as ethers decodes them. */",
    `export interface ${name}Events {`,
    ...abi.filter(({ type }) => type === 'event').map(renderEvent),
    '}',
    '',
    `export interface ${name}Contract extends BaseContract {`,
    ...functionsOf(abi).map(renderMethod),
    '}',
    '',
    `/** The ${name} at an address, typed; it does not look whether the address holds one. */`,
    `export function ${name.toLowerCase()}At(address: string, runner: ContractRunner | null): ${name}Contract {`,
    `  return new Contract(address, ${constant}_ABI, runner) as BaseContract as ${name}Contract;`,
    '}',
  ];
}

function renderEvent({ name, inputs = [] }: AbiEntry): string {
  const fields = inputs.map((input) => ` readonly ${input.name}: ${decodedType(input)}`);
  return `  readonly ${name}: {${fields.join(';')} };`;
}

function renderMethod({ name, inputs = [], outputs = [], stateMutability }: AbiEntry): string {
  const args = inputs.map((input, index) => `${input.name || `argument${index}`}: ${acceptedType(input)}`);
  const decoded = outputs.map(decodedType);
  const result = decoded.length > 1 ? `[${decoded.join(', ')}]` : (decoded[0] ?? 'void');
  const answer = stateMutability === 'view' || stateMutability === 'pure' ? result : 'ContractTransactionResponse';
  return `  readonly ${name}: BaseContractMethod<[${args.join(', ')}], ${result}, ${answer}>;`;
}

/** A struct that is sent has the interface `…Input`; one that is received has its own name. */
function renderStructs(functions: readonly AbiEntry[]): string[] {
  const rendered = new Map<string, string[]>();
  const render = (parameter: AbiParameter, suffix: string, fieldOf: (field: AbiParameter) => string): void => {
    if (parameter.components === undefined) return;
    const name = `${structName(parameter)}${suffix}`;
    rendered.set(name, ['', `export interface ${name} {`, ...parameter.components.map(fieldOf), '}']);
  };
  for (const { inputs = [], outputs = [] } of functions) {
    for (const input of inputs) render(input, 'Input', acceptedField);
    for (const output of outputs) render(output, '', decodedField);
  }
  return [...rendered.keys()].sort().flatMap((name) => rendered.get(name) ?? []);
}

function acceptedField(field: AbiParameter): string {
  return `  readonly ${field.name}: ${acceptedType(field)};`;
}

/** ethers decodes a struct as an array with names on top, so a field named like something that arrays have could not be read. */
function decodedField(field: AbiParameter): string {
  if (field.name in Array.prototype)
    throw new Error(`rename the struct field '${field.name}': arrays have one of their own`);
  return `  readonly ${field.name}: ${decodedType(field)};`;
}

/** `struct ILedgerRecords.Contribution[]` → `Contribution` */
function structName({ internalType }: AbiParameter): string {
  return internalType.replace(/^struct (?:\w+\.)?/, '').replace(/(?:\[\d*\])+$/, '');
}

/** What ethers accepts for a parameter. */
function acceptedType(parameter: AbiParameter): string {
  return typeScriptType(parameter, {
    struct: 'Input',
    number: 'BigNumberish',
    bytes: 'BytesLike',
    address: 'AddressLike',
  });
}

/** What ethers gives back for a parameter. */
function decodedType(parameter: AbiParameter): string {
  return typeScriptType(parameter, { struct: '', number: 'bigint', bytes: 'string', address: 'string' });
}

interface TypeNames {
  readonly struct: string;
  readonly number: string;
  readonly bytes: string;
  readonly address: string;
}

function typeScriptType(parameter: AbiParameter, names: TypeNames): string {
  const element = /^(.*)\[\d*\]$/.exec(parameter.type)?.[1];
  if (element !== undefined) return `readonly ${typeScriptType({ ...parameter, type: element }, names)}[]`;
  if (parameter.type === 'tuple') return `${structName(parameter)}${names.struct}`;
  if (/^u?int/.test(parameter.type)) return names.number;
  if (parameter.type.startsWith('bytes')) return names.bytes;
  if (parameter.type === 'address') return names.address;
  return parameter.type === 'bool' ? 'boolean' : parameter.type;
}

async function main(): Promise<void> {
  const bindings = renderBindings(await compileContracts(['Membership', 'Ledger']));
  if (!process.argv.includes('--check')) {
    await writeFile(BINDINGS_PATH, bindings);
  } else if (bindings !== (await readFile(BINDINGS_PATH, 'utf8').catch(() => ''))) {
    console.error('src/ledger/bindings.ts is stale: run node scripts/generate-bindings.ts');
    process.exitCode = 1;
  }
}

if (process.argv[1] === import.meta.filename) await main();
