import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryptKeystoreJson } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { connectLedger } from '../../src/ledger/ethers-ledger.ts';
import { architectureSchema } from '../../src/model/architecture.ts';
import { trainingSchema } from '../../src/model/training-options.ts';
import { composeManifest } from '../../src/peer/compose-manifest.ts';
import { type Manifest, studyOf } from '../../src/protocol/manifest.ts';
import { digest, memberAccount, memberKey } from '../builders.ts';
import { startTestChain, type TestChain } from '../contracts/consortium.ts';
import { eventually } from '../eventually.ts';
import { startSigningService } from '../ledger/signing-service.ts';
import { type CommandHost, type CommandResult, runScript, startCommandHost } from './command.ts';

const NAMES = [
  'deploy',
  'admit-member',
  'remove-member',
  'rotate-key',
  'open-study',
  'close-study',
  'transfer-admin',
  'status',
  'verify-deployment',
];
const [ADMIN, SUCCESSOR] = [90, 91];
const [one, two, three, four] = [1, 2, 3, 4].map(memberAccount) as [Hex, Hex, Hex, Hex];

let folder: string;
let chain: TestChain;
let host: CommandHost;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-admin-'));
  chain = await startTestChain();
  host = startCommandHost(folder);
  await keepKey('admin', ADMIN);
  await keepKey('successor', SUCCESSOR);
});
afterAll(async () => {
  await host.stop();
  await chain.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A keystore that is opened quickly; how dear it should be is tested elsewhere. */
async function keepKey(name: string, n: number): Promise<void> {
  await mkdir(join(folder, name), { mode: 0o700 });
  const key = { address: memberAccount(n), privateKey: memberKey(n) };
  const json = await encryptKeystoreJson(key, 'a password', { scrypt: { N: 1024, r: 8, p: 1 } });
  await writeFile(join(folder, name, 'keystore.json'), json, { mode: 0o600 });
  await writeFile(join(folder, name, 'password'), 'a password\n', { mode: 0o600 });
}

/** Runs a script as an admin would, in the folder that has `admin/` in it, with nobody at the keyboard. */
const script = (name: string, ...args: string[]): Promise<CommandResult> => host.script(name, ...args);

type Document = Record<string, unknown> & { readonly transactions: readonly { readonly step: string }[] };

/** Runs a script that must succeed; its last line is the document. */
async function succeed(name: string, ...args: string[]): Promise<Document> {
  const { code, stdout, stderr } = await script(name, ...args, '--rpc', chain.url, '--json');
  expect([name, code, stderr]).toEqual([name, 0, '']);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

/** Fails with this code in one line on standard error, and sends nothing. */
async function expectRefusal(code: string, name: string, ...args: string[]): Promise<string> {
  const before = await chain.provider.getBlockNumber();
  const result = await script(name, ...args, '--rpc', chain.url);
  expect([result.stderr.split(':')[0], result.stdout]).toEqual([code, '']);
  expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(result.code).not.toBe(0);
  if (code === 'cli/usage') expect(result.code).toBe(2);
  expect(await chain.provider.getBlockNumber()).toBe(before);
  return result.stderr;
}

/** A dry run says the same as the real one, less the transactions' hashes, and sends nothing. */
async function rehearse(name: string, ...args: string[]): Promise<Document> {
  const before = await chain.provider.getBlockNumber();
  const document = await succeed(name, ...args, '--dry-run');
  expect(document).toMatchObject({ dryRun: true, changed: false });
  expect(await chain.provider.getBlockNumber()).toBe(before);
  return document;
}

/** Does it, and does it again: then there is nothing left to do. */
async function twice(name: string, ...args: string[]): Promise<Document> {
  const done = await succeed(name, ...args);
  expect(done).toMatchObject({ dryRun: false, changed: true });
  expect(await succeed(name, ...args)).toMatchObject({ changed: false, transactions: [] });
  return done;
}

/** The same, with a rehearsal before it. */
async function rehearsedAndTwice(name: string, ...args: string[]): Promise<Document> {
  const rehearsed = await rehearse(name, ...args);
  const done = await twice(name, ...args);
  expect(Object.keys(rehearsed)).toEqual(Object.keys(done));
  expect(done.transactions.map(({ step }) => step)).toEqual(rehearsed.transactions.map(({ step }) => step));
  return done;
}

async function manifestFile(name: string, change: (manifest: Manifest) => object = () => ({})): Promise<string> {
  const manifest = composeManifest({
    title: name,
    members: 4,
    rounds: 3,
    segments: 3,
    pulls: 2,
    seed: name,
    architecture: architectureSchema.parse({ kind: 'mlp', inputs: 2, hidden: [3], classes: 2 }),
    training: trainingSchema.parse({
      optimiser: 'sgd',
      learningRate: 0.1,
      momentum: 0,
      weightDecay: 0,
      batchSize: 4,
      localEpochs: 1,
      classWeights: 'none',
    }),
  });
  await writeFile(join(folder, `${name}.json`), JSON.stringify({ ...manifest, ...change(manifest) }));
  return `${name}.json`;
}

async function studyIn(file: string): Promise<Hex> {
  return studyOf(JSON.parse(await readFile(join(folder, file), 'utf8')));
}

test('every script explains itself', async () => {
  const results = await Promise.all(NAMES.map((name) => runScript(name, '--help')));
  for (const [i, { code, stdout }] of results.entries()) {
    expect([NAMES[i], code]).toEqual([NAMES[i], 0]);
    expect(stdout).toMatch(new RegExp(`^Usage: node scripts/${NAMES[i]}.ts`));
    for (const option of ['--rpc', '--json', '--help']) expect(stdout).toContain(option);
  }
});

describe('the life of a consortium', () => {
  let ledger: Hex;
  let study: Hex;

  test('begins with a deployment', async () => {
    const missing = await expectRefusal('ledger/deployment-invalid', 'admit-member', one);
    expect(missing).toContain('deployments/20201.json');
    const document = await rehearsedAndTwice('deploy', '--admin-delay', '0');
    ledger = document.ledger as Hex;
    const file = JSON.parse(await readFile(join(folder, 'deployments', '20201.json'), 'utf8'));
    expect(file).toMatchObject({ ledger, membership: document.membership, admin: memberAccount(ADMIN) });
    await expectRefusal('cli/usage', 'deploy', '--quorum', '900000');
    expect(await succeed('verify-deployment')).toMatchObject({ ok: true });
  });

  test('goes on with members', async () => {
    expect(await twice('admit-member', one, two, three)).toMatchObject({ admitted: [one, two, three] });
    await expectRefusal('cli/usage', 'admit-member', '0x12');
  });

  test('opens studies that keep within its governance', async () => {
    const file = await manifestFile('trial');
    study = await studyIn(file);
    expect(await twice('open-study', '--manifest', file)).toMatchObject({ study, rounds: 3, maximumMembers: 4 });
    const greedy = await manifestFile('greedy', ({ aggregation }) => ({
      aggregation: { ...aggregation, weightShareCap: 0.75 },
    }));
    const hasty = await manifestFile('hasty', ({ waiting }) => ({ waiting: { ...waiting, quorum: 0.25 } }));
    const refused = await Promise.all(
      [greedy, hasty].map((file) => expectRefusal('cli/usage', 'open-study', '--manifest', file)),
    );
    expect(refused).toEqual([expect.stringMatching(/0\.75 .* 0\.5 /), expect.stringMatching(/0\.25 .* 0\.5 /)]);
  });

  test('removes members, and excludes them from what they take part in', async () => {
    const connection = await connectLedger({ rpcUrl: chain.url, contract: ledger });
    for (const n of [1, 2]) await connection.as(memberKey(n)).join(study, digest('data'));
    expect(await expectRefusal('cli/usage', 'remove-member', one)).toContain('--yes');
    expect(await rehearsedAndTwice('remove-member', one, '--yes')).toMatchObject({
      excluded: [{ study, account: one }],
    });
    expect(await succeed('remove-member', two, '--suspend', '--yes')).toMatchObject({ changedMembers: [two] });
    await Promise.all([
      expectRefusal('cli/usage', 'remove-member', four, '--yes'), // never admitted
      expectRefusal('cli/usage', 'admit-member', two), // suspended
    ]);
    expect(await succeed('remove-member', two, '--reinstate')).toMatchObject({ changedMembers: [two], excluded: [] });
    const entries = await connection.entries(study, 0);
    connection.close();
    expect(entries.map(({ kind }) => kind)).toEqual(['opened', 'joined', 'joined', 'excluded', 'excluded']);
  });

  test('gives members new keys', async () => {
    expect(await expectRefusal('cli/usage', 'rotate-key', three, four)).toContain('--yes');
    expect(await twice('rotate-key', three, four, '--yes')).toMatchObject({ from: three, to: four, index: 2 });
    await Promise.all([
      expectRefusal('cli/usage', 'rotate-key', two, four, '--yes'), // taken
      expectRefusal('cli/usage', 'rotate-key', three, memberAccount(5), '--yes'), // rotated already
    ]);
  });

  test('closes studies', async () => {
    const [unasked] = await Promise.all([
      expectRefusal('cli/usage', 'close-study', study),
      expectRefusal('cli/usage', 'close-study', digest('no such study'), '--yes'),
    ]);
    expect(unasked).toContain('--yes');
    await twice('close-study', study, '--yes');
    await expectRefusal('cli/usage', 'open-study', '--manifest', 'trial.json');
  });

  test('passes to another administrator', async () => {
    const [unasked] = await Promise.all([
      expectRefusal('cli/usage', 'transfer-admin', '--to', four),
      expectRefusal('cli/usage', 'transfer-admin', '--to', four, '--accept', '--yes'),
    ]);
    expect(unasked).toContain('--yes');
    await succeed('transfer-admin', '--to', four, '--yes');
    await succeed('transfer-admin', '--cancel', '--yes');
    await twice('transfer-admin', '--to', memberAccount(SUCCESSOR), '--yes');
    expect(await script('verify-deployment', '--rpc', chain.url)).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('DIFFERS  pending administrator'),
    });
    await expectRefusal('cli/usage', 'transfer-admin', '--accept', '--yes'); // not with the old one's key
    const successor = ['--keystore', 'successor/keystore.json', '--password-file', 'successor/password'];
    await eventually(() => twice('transfer-admin', '--accept', '--yes', ...successor).then(() => {}));
    expect(await succeed('verify-deployment')).toMatchObject({ ok: true });
    await expectRefusal('ledger/reverted', 'admit-member', memberAccount(6));
    const service = await startSigningService(memberKey(SUCCESSOR));
    try {
      const signer = ['--signer', service.url, '--account', memberAccount(SUCCESSOR)];
      expect(await succeed('admit-member', memberAccount(6), ...signer)).toMatchObject({ changed: true });
      await expectRefusal(
        'cli/usage',
        'admit-member',
        memberAccount(7),
        ...signer,
        '--keystore',
        'admin/keystore.json',
      );
    } finally {
      await service.stop();
    }
  });

  test('is shown by status, to people and to programs', async () => {
    const { code, stdout } = await script('status', '--rpc', chain.url);
    expect([code, stdout]).toEqual([0, expect.stringContaining(study)]);
    const found = await succeed('status');
    expect(found).toMatchObject({
      ledger,
      administration: { admin: memberAccount(SUCCESSOR), pending: null },
      studies: [{ study, state: 'closed', participants: 2, entries: 6 }],
    });
    const members = found.members as { account: string; standing: string }[];
    expect(members.map(({ account, standing }) => [account, standing])).toEqual([
      [one, 'removed'],
      [two, 'active'],
      [four, 'active'],
      [memberAccount(6), 'active'],
    ]);
  });

  test('is left alone by a deployment file of another chain, and by contracts that are not ours', async () => {
    const deployment = JSON.parse(await readFile(join(folder, 'deployments', '20201.json'), 'utf8'));
    const file = join(folder, 'elsewhere.json');
    await writeFile(file, JSON.stringify({ ...deployment, chainId: 1 }));
    await Promise.all([
      expectRefusal('ledger/wrong-chain', 'admit-member', four, '--deployment', file),
      expectRefusal('ledger/wrong-chain', 'status', '--deployment', file),
      expectRefusal('ledger/wrong-chain', 'verify-deployment', '--deployment', file),
      expectRefusal('ledger/wrong-chain', 'deploy', '--out', file),
    ]);
    await writeFile(file, JSON.stringify({ ...deployment, ledger: deployment.membership }));
    await expectRefusal('ledger/not-our-contract', 'admit-member', four, '--deployment', file);
    expect(await script('verify-deployment', '--rpc', chain.url, '--deployment', file)).toMatchObject({ code: 3 });
  });

  test('is kept from keys that others can read, and wrong passwords', async () => {
    await copyFile(join(folder, 'admin', 'keystore.json'), join(folder, 'open.json'));
    await chmod(join(folder, 'open.json'), 0o644);
    await Promise.all([
      expectRefusal('ledger/keystore-unreadable', 'admit-member', four, '--keystore', 'open.json'),
      expectRefusal('ledger/keystore-unreadable', 'admit-member', four, '--password-file', 'trial.json'),
    ]);
  });
});
