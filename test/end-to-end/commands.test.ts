import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { type CommandHost, type RunningCommand, runCommand, startCommand, startCommandHost } from './command.ts';

const MINUTES = 60_000;

let folder: string;
let host: CommandHost;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-commands-'));
  host = startCommandHost();
});
afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true, force: true });
});

/** One line on standard error that begins with this code, exit code 2, nothing on standard output. */
async function expectRefusal(args: string[], code: string, run = host.run): Promise<string> {
  const result = await run(...args);
  expect(result.stderr).toMatch(new RegExp(`^${code}: `));
  expect([result.code, result.stdout]).toEqual([2, '']);
  expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  return result.stderr;
}

describe('help', () => {
  const commands = [
    'demo',
    'demo prepare',
    'peer init',
    'peer start',
    'peer guard',
    'evidence',
    'audit verify',
    'audit list',
    'audit show',
    'audit replay',
    'audit reproduce',
    'audit lineage',
    'audit export',
    'audit compare',
    'chain',
  ];

  test('lists the commands', async () => {
    const { code, stdout } = await runCommand('--help');
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toContain(command);
  });

  test.each(commands)('explains %s', async (command) => {
    const { code, stdout } = await host.run(...command.split(' '), '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: consilium ${command}`));
    expect(stdout).toContain('--help');
  });

  test('lists the commands of a group', async () => {
    const { code, stdout } = await runCommand('audit', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('audit replay');
    expect(stdout).not.toContain('peer start');
  });

  test('is pointed to where a command does not exist', async () => {
    await expectRefusal(['federate'], 'cli/usage', runCommand);
  });
});

describe('a peer', () => {
  let run: string;
  let chain: RunningCommand;
  let rpcUrl: string;

  /** A finished run, and its chain opened again: what it recorded is still there. */
  beforeAll(async () => {
    run = join(folder, 'run');
    const demo = await runCommand('demo', '--peers', '2', '--rounds', '1', '--json', '--out', run);
    if (demo.code !== 0) throw new Error(demo.stderr);
    chain = startCommand(['chain', '--data', join(run, 'chain'), '--json']);
    rpcUrl = String((await chain.event('chain.ready')).url);
  }, 3 * MINUTES);
  afterAll(async () => {
    chain.process.kill('SIGTERM');
    await chain.ended;
  });

  /** A copy of a member's folder with some of its configuration changed. */
  async function member(name: string, changes: Record<string, unknown>): Promise<string> {
    const path = join(folder, name);
    for (const file of ['keystore.json', 'password', 'training-seed', 'commitment-key', 'manifest.json', 'peer.json']) {
      await cp(join(run, 'peers', '1', file), join(path, file));
    }
    for (const file of ['training.dataset', 'held-out.dataset', 'common.dataset']) {
      await cp(join(run, 'peers', '1', file), join(path, file));
    }
    const config = JSON.parse(await readFile(join(path, 'peer.json'), 'utf8'));
    await writeFile(join(path, 'peer.json'), JSON.stringify({ ...config, rpcUrl, ...changes }));
    return path;
  }

  const start = (path: string): string[] => ['peer', 'start', '--data', path];

  test('without a data folder says how to make one', async () => {
    const refused = await expectRefusal(start(join(folder, 'nothing')), 'peer/config-invalid', runCommand);
    expect(refused).toContain('peer.json');
  });

  test('whose chain is not there says so', async () => {
    const path = await member('no-chain', { rpcUrl: 'http://127.0.0.1:1' });
    expect(await expectRefusal(start(path), 'ledger/unreachable')).toContain('http://127.0.0.1:1');
  });

  test('whose contract is none of ours says so', async () => {
    await expectRefusal(
      start(await member('no-contract', { contract: `0x${'12'.repeat(20)}` })),
      'ledger/not-our-contract',
    );
  });

  test('whose manifest is not the one on chain says so', async () => {
    const path = await member('other-manifest', {});
    const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8'));
    await writeFile(join(path, 'manifest.json'), JSON.stringify({ ...manifest, title: 'Another title' }));
    await expectRefusal(start(path), 'peer/manifest-mismatch');
    await writeFile(join(path, 'manifest.json'), '{"rounds": -1}');
    await expectRefusal(start(path), 'protocol/manifest-invalid');
  });

  test('with an unknown setting, or data that are none, says so', async () => {
    await expectRefusal(start(await member('odd-setting', { lissten: [] })), 'peer/config-invalid');
    const path = await member('odd-data', {});
    await writeFile(join(path, 'training.dataset'), 'rubbish');
    await expectRefusal(start(path), 'data/bad-array');
  });

  test('whose keystore others can read, or whose password is wrong, does not start', async () => {
    const path = await member('wrong-password', {});
    await writeFile(join(path, 'password'), 'wrong');
    await expectRefusal(start(path), 'ledger/keystore-unreadable');
    const { chmod } = await import('node:fs/promises');
    await chmod(join(path, 'keystore.json'), 0o644);
    expect(await expectRefusal(start(path), 'ledger/keystore-unreadable')).toContain('chmod 600');
  });

  test('whose port is taken says so', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const path = await member('port-taken', { listen: [`/ip4/127.0.0.1/tcp/${port}`] });
    expect(await expectRefusal(start(path), 'peer/port-in-use')).toContain(String(port));
    server.close();
  });

  test('that nobody admitted is told to ask', async () => {
    const path = await member('stranger', {});
    await rm(join(path, 'keystore.json'));
    for (const file of ['password', 'training-seed', 'commitment-key']) await rm(join(path, file));
    const { code, stdout } = await host.run('peer', 'init', '--data', path);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^account 0x[0-9a-f]{40}\npeer id 16Uiu2/)]);
    await expectRefusal(start(path), 'peer/not-a-member');
    await expectRefusal(['peer', 'init', '--data', path], 'peer/data-folder-invalid'); // never over an existing key
  });

  test('does not run twice on one data folder', async () => {
    const path = await member('twice', {});
    const store = openPeerStore(join(path, 'peer.db'));
    await expectRefusal(start(path), 'peer/store-locked');
    store.close();
  });

  test('takes along what it has signed, and is held to it', async () => {
    const path = await member('moving', {});
    const [old, signed] = [join(run, 'peers', '1'), join(folder, 'signed.json')];
    const exported = await host.run('peer', 'guard', '--data', old, '--export', signed, '--json');
    expect([exported.code, JSON.parse(exported.stdout)]).toEqual([0, { rounds: 2 }]);
    expect((await host.run('peer', 'guard', '--data', path, '--import', signed)).code).toBe(0);
    const content = JSON.parse(await readFile(signed, 'utf8'));
    const other = { ...content, signed: [{ round: 1, hash: `0x${'77'.repeat(32)}` }] };
    await writeFile(signed, JSON.stringify(other));
    await expectRefusal(['peer', 'guard', '--data', path, '--import', signed], 'peer/double-signing');
    await writeFile(signed, JSON.stringify({ ...content, contract: `0x${'77'.repeat(20)}` }));
    await expectRefusal(['peer', 'guard', '--data', path, '--import', signed], 'peer/guard-file-invalid');
    await writeFile(signed, '[]');
    await expectRefusal(['peer', 'guard', '--data', path, '--import', signed], 'peer/guard-file-invalid');
    await expectRefusal(['peer', 'guard', '--data', path], 'cli/usage');
  });

  test('is audited again from its bundle and the chain, and not with wrong addresses', async () => {
    const bundle = join(folder, 'no-bundle.car');
    await writeFile(bundle, 'rubbish');
    await expectRefusal(['audit', 'verify', bundle], 'audit/bundle-unreadable');
    await expectRefusal(['audit', 'verify', bundle, '--rpc', rpcUrl, '--contract', '0x12'], 'cli/usage');
    await expectRefusal(['audit', 'verify', bundle, '--rpc', rpcUrl], 'cli/usage');
    const contract = JSON.parse(await readFile(join(run, 'deployment.json'), 'utf8')).ledger;
    const again = await host.run('audit', 'verify', join(run, 'evidence.car'), '--rpc', rpcUrl, '--contract', contract);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('no findings')]); // the control
    const evidence = join(run, 'evidence.car');
    const ledger = ['--rpc', rpcUrl, '--contract', contract];
    const { study } = JSON.parse((await host.run('audit', 'list', ...ledger, '--json')).stdout).rows[0];
    const listed = JSON.parse((await host.run('audit', 'list', ...ledger, '--study', study, '--json')).stdout);
    expect(listed.rows.at(-1)).toMatchObject({ kind: expect.any(String), entry: listed.rows.length - 1 });
    expect(await host.run('audit', 'compare', evidence, ...ledger)).toMatchObject({
      code: 0,
      stdout: 'no differences\n',
    });
    const elsewhere = ['audit', 'verify', bundle, '--rpc', rpcUrl, '--contract', `0x${'12'.repeat(20)}`];
    await expectRefusal(elsewhere, 'ledger/not-our-contract');
  });
});

describe('the chain command', () => {
  test('says when its port is taken, and when its folder is in use', async () => {
    const data = join(folder, 'chain');
    const chain = startCommand(['chain', '--data', data, '--json']);
    const { url } = await chain.event('chain.ready');
    const port = new URL(String(url)).port;
    await expectRefusal(['chain', '--data', join(folder, 'other'), '--port', port], 'ledger/port-in-use');
    await expectRefusal(['chain', '--data', data], 'ledger/directory-locked');
    chain.process.kill('SIGTERM');
    expect((await chain.ended).code).toBe(0);
  });
});
