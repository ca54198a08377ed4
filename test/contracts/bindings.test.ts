import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { getBytes, keccak256 } from 'ethers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CompiledContract, compileContracts, renderBindings } from '../../scripts/generate-bindings.ts';
import {
  type CodeIdentity,
  LEDGER_ABI,
  LEDGER_CODE,
  MEMBERSHIP_ABI,
  MEMBERSHIP_CODE,
} from '../../src/ledger/bindings.ts';
import { startConsortium, startTestChain } from './consortium.ts';

const PROJECT_ROOT = resolve(import.meta.dirname, '../..');

let compiled: CompiledContract[];
let scratch: string;

beforeAll(async () => {
  compiled = await compileContracts(['Membership', 'Ledger']);
  scratch = await mkdtemp(join(tmpdir(), 'consilium-contracts-'));
  await cp(join(PROJECT_ROOT, 'contracts'), join(scratch, 'contracts'), { recursive: true });
  await cp(join(PROJECT_ROOT, 'package.json'), join(scratch, 'package.json'));
  await symlink(join(PROJECT_ROOT, 'node_modules'), join(scratch, 'node_modules'));
}, 120_000);

afterAll(() => rm(scratch, { recursive: true }));

async function edit(file: string, change: (source: string) => string): Promise<void> {
  const path = join(scratch, 'contracts', file);
  await writeFile(path, change(await readFile(path, 'utf8')));
}

test('the bindings are what the contracts give', async () => {
  const committed = await readFile(join(PROJECT_ROOT, 'src/ledger/bindings.ts'), 'utf8');
  expect(committed === renderBindings(compiled), 'stale: run node scripts/generate-bindings.ts').toBe(true);
});

test('a comment in a contract changes nothing in the bindings, a changed rule does', async () => {
  await edit('Membership.sol', (source) => source.replace('/// @title', '// A remark.\n/// @title'));
  expect(JSON.stringify(await compileContracts(['Membership'], scratch)) === JSON.stringify([compiled[0]])).toBe(true);
  await edit('Membership.sol', (source) => source.replace('require(member != address(0), ZeroMember());', ''));
  expect(JSON.stringify(await compileContracts(['Membership'], scratch)) === JSON.stringify([compiled[0]])).toBe(false);
}, 60_000);

test('a compiler warning about a contract of ours is an error', async () => {
  await edit('Roles.sol', (source) => `${source}\nfunction idle() pure {\n    uint256 unused;\n}\n`);
  // A contract that imports the file, as Membership does, and is compiled in a moment.
  const [licence, language] = (await readFile(join(scratch, 'contracts', 'Roles.sol'), 'utf8')).split('\n');
  const importing = [licence, language, 'import "./Roles.sol";', 'contract Importing {}', ''];
  await writeFile(join(scratch, 'contracts', 'Importing.sol'), importing.join('\n'));
  await expect(compileContracts(['Importing'], scratch)).rejects.toThrow('Unused local variable');
}, 60_000);

interface Parameter {
  readonly type: string;
  readonly components?: readonly Parameter[];
}

const hasText = ({ type, components = [] }: Parameter): boolean =>
  /^(?:string|bytes)(?:\[|$)/.test(type) || components.some(hasText);

const ABIS = [...MEMBERSHIP_ABI, ...LEDGER_ABI];

test('no external input and no event field is text', () => {
  const inputs = ABIS.filter(({ type }) => type !== 'error').flatMap((entry): readonly Parameter[] => entry.inputs);
  expect(inputs.filter(hasText)).toEqual([]);
  expect(hasText({ type: 'tuple[]', components: [{ type: 'bytes[2]' }] }), 'control').toBe(true);
  expect(inputs.length).toBeGreaterThan(50);
});

test('the role matrix covers every function that changes anything', async () => {
  const matrix = await readFile(join(PROJECT_ROOT, 'contracts/test/RoleMatrix.t.sol'), 'utf8');
  const changing = ABIS.flatMap((entry) =>
    'stateMutability' in entry && entry.stateMutability === 'nonpayable' && 'name' in entry ? [entry.name] : [],
  );
  expect(changing.length).toBeGreaterThan(20);
  const called = new Set(
    [...matrix.matchAll(/(?:IMembership|ILedger|IAccessControl|rules)\.(\w+)/g)].map(([, name]) => name),
  );
  expect(changing.filter((name) => !called.has(name))).toEqual([]);
});

test('nothing takes money', () => {
  const mutabilities = new Set(ABIS.flatMap((entry) => ('stateMutability' in entry ? [entry.stateMutability] : [])));
  expect(mutabilities).toEqual(new Set(['nonpayable', 'view']));
  expect(ABIS.filter(({ type }) => /receive|fallback/.test(type))).toEqual([]);
});

test('deployed code has the identity that the bindings tell, whatever its immutables', async () => {
  const testChain = await startTestChain();
  try {
    for (let deployment = 0; deployment < 2; deployment++) {
      const { membership, ledger } = await startConsortium(testChain, { memberCount: 0 });
      expect(await identityOf(membership, MEMBERSHIP_CODE)).toBe(MEMBERSHIP_CODE.runtimeHash);
      expect(await identityOf(ledger, LEDGER_CODE)).toBe(LEDGER_CODE.runtimeHash);
      expect(await identityOf(membership, LEDGER_CODE), 'control').not.toBe(LEDGER_CODE.runtimeHash);
    }
  } finally {
    await testChain.stop();
  }

  async function identityOf(contract: { target: unknown }, { immutables }: CodeIdentity): Promise<string> {
    const code = getBytes(await testChain.provider.getCode(String(contract.target)));
    for (const { start, length } of immutables) code.fill(0, start, start + length);
    return keccak256(code);
  }
}, 60_000);
