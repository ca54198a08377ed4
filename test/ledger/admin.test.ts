import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { type AccountSigner, keySigner } from '../../src/ledger/account-signer.ts';
import { type AdminSession, openAdminSession } from '../../src/ledger/admin/admin-session.ts';
import { acceptTransfer, beginTransfer, readAdministration } from '../../src/ledger/admin/administration.ts';
import { assertDeployment } from '../../src/ledger/admin/check-deployment.ts';
import { DEFAULT_PARAMETERS, deployContracts } from '../../src/ledger/admin/deploy-contracts.ts';
import {
  type Deployment,
  type DeploymentDraft,
  type DeploymentParameters,
  readDeployment,
  readDeploymentDraft,
  writeDeployment,
} from '../../src/ledger/admin/deployment.ts';
import { exclude, findParticipations } from '../../src/ledger/admin/exclusions.ts';
import { changeMembers, listMembers, planChange, readMember, rotateKey } from '../../src/ledger/admin/members.ts';
import { readStatus } from '../../src/ledger/admin/read-status.ts';
import { readRoleHolders, roleId } from '../../src/ledger/admin/roles.ts';
import { closeStudy, listStudies, openStudy } from '../../src/ledger/admin/studies.ts';
import { verifyDeployment } from '../../src/ledger/admin/verify-deployment.ts';
import { membershipAt } from '../../src/ledger/bindings.ts';
import { connectLedger } from '../../src/ledger/ethers-ledger.ts';
import { externalSigner } from '../../src/ledger/external-signer.ts';
import type { OpenStudy } from '../../src/protocol/study-entries.ts';
import { digest, memberAccount, memberKey } from '../builders.ts';
import { startTestChain, type TestChain } from '../contracts/consortium.ts';
import { eventually } from '../eventually.ts';
import { anvilIsInstalled, startAnvil } from './anvil.ts';
import { startSigningService } from './signing-service.ts';

let chain: TestChain;
const sessions: AdminSession[] = [];
/** Each test has an admin of its own, with a key that has sent nothing yet. */
let adminNumber = 1000;

beforeAll(async () => {
  chain = await startTestChain();
});
afterAll(async () => {
  for (const session of sessions) session.close();
  await chain.stop();
});
beforeEach(() => {
  adminNumber += 1;
});

interface SessionOptions {
  readonly signer?: AccountSigner;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

async function openSession({
  signer = keySigner(memberKey(adminNumber)),
  ...more
}: SessionOptions = {}): Promise<AdminSession> {
  const session = await openAdminSession({ rpcUrl: chain.url, signer, ...more });
  sessions.push(session);
  return session;
}

const NOT_SAVED = { previous: null, save: async () => {} };

function deploy(session: AdminSession, changes: Partial<DeploymentParameters> = {}): Promise<Deployment> {
  return deployContracts(session, { ...NOT_SAVED, parameters: { ...DEFAULT_PARAMETERS, ...changes } });
}

const sentBy = (account: Hex): Promise<number> => chain.provider.getTransactionCount(account);
const failing = (code: string, details = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });
const reverted = (revert: string) => failing('ledger/reverted', { revert });

const terms = (name: string, fields: Partial<OpenStudy> = {}): OpenStudy => ({
  study: digest(name),
  rounds: 3,
  maximumMembers: 8,
  stalenessBound: 2,
  epsilonBudgetMicros: 100,
  deltaBudgetPicos: 10,
  ...fields,
});

describe('deploying', () => {
  test('puts both contracts on chain as the parameters say, and gives the admin the roles', async () => {
    const session = await openSession();
    const parameters = { adminDelaySeconds: 7, weightShareCapMicros: 300_000, quorumMicros: 600_000 };
    const deployment = await deploy(session, { ...parameters, revealWindowBlocks: 99 });
    const status = await readStatus(session.provider, deployment);
    expect(status.governance).toEqual({ weightShareCapMicros: 300_000, quorumMicros: 600_000 });
    expect(status.administration).toMatchObject({ admin: session.account, pending: null, delaySeconds: 7 });
    expect(status.roles).toEqual({
      ADMISSION_ROLE: [session.account],
      STUDY_ROLE: [session.account],
      formerAdmins: [],
    });
    expect(status).toMatchObject({ members: [], studies: [], successor: null });
    expect((await verifyDeployment(session.provider, deployment)).filter(({ ok }) => !ok)).toEqual([]);
  });

  test('again changes nothing', async () => {
    const session = await openSession();
    const deployment = await deploy(session);
    const sent = await sentBy(session.account);
    const again = await deployContracts(session, {
      ...NOT_SAVED,
      previous: deployment,
      parameters: DEFAULT_PARAMETERS,
    });
    expect([again, await sentBy(session.account)]).toEqual([deployment, sent]);
  });

  /** The program dies in the n-th writing of the file: before it reaches the disk, or after. */
  test.each([1, 2, 3, 4].flatMap((n) => ['before', 'after'].map((when) => ({ n, when }))))(
    'that is interrupted at note $n, $when it is written, is gone on with',
    async ({ n, when }) => {
      const session = await openSession();
      let written: DeploymentDraft | null = null;
      let notes = 0;
      const save = async (draft: DeploymentDraft): Promise<void> => {
        notes += 1;
        if (notes === n && when === 'before') throw new Error('died');
        written = structuredClone(draft);
        if (notes === n) throw new Error('died');
      };
      const parameters = DEFAULT_PARAMETERS;
      await expect(deployContracts(session, { parameters, previous: null, save })).rejects.toThrow('died');
      const deployment = await deployContracts(session, { parameters, previous: written, save });
      expect(await sentBy(session.account)).toBe(4); // two contracts and two roles, each once
      expect(written).toEqual(deployment);
      expect((await verifyDeployment(session.provider, deployment)).filter(({ ok }) => !ok)).toEqual([]);
    },
  );

  test('that is interrupted by the node is gone on with, and only by the same key', async () => {
    const written: DeploymentDraft[] = [];
    const save = async (draft: DeploymentDraft): Promise<void> => void written.push(draft);
    const stopping = new AbortController();
    const session = await openSession({ signal: stopping.signal });
    const stopAfterFirst = async (draft: DeploymentDraft): Promise<void> => {
      await save(draft);
      if (draft.created.membership !== null) stopping.abort(new Error('stopped'));
    };
    const options = { parameters: DEFAULT_PARAMETERS, previous: null, save: stopAfterFirst };
    await expect(deployContracts(session, options)).rejects.toThrow('stopped');
    const previous = written.at(-1) ?? null;
    const other = await openSession({ signer: keySigner(memberKey(1)) });
    const resumed = { parameters: DEFAULT_PARAMETERS, previous, save };
    await expect(deployContracts(other, resumed)).rejects.toThrow(failing('ledger/deployment-invalid'));
    expect(await sentBy(other.account)).toBe(0);
    const deployment = await deployContracts(await openSession(), resumed);
    expect(deployment.membership).toBe(previous?.membership);
  });

  test('as a dry run sends nothing, and foretells the addresses', async () => {
    const foretold = await deploy(await openSession({ dryRun: true }));
    const session = await openSession();
    expect(await sentBy(session.account)).toBe(0);
    const { membership, ledger } = await deploy(session);
    expect(foretold).toMatchObject({ membership, ledger });
  });

  test('through a signing service needs no key here', async () => {
    const service = await startSigningService(memberKey(adminNumber));
    try {
      const session = await openSession({ signer: externalSigner(service.url, memberAccount(adminNumber)) });
      const deployment = await deploy(session);
      await changeMembers(session, deployment.membership, 'admit', [memberAccount(1)]);
      expect(await readMember(session.provider, deployment.membership, memberAccount(1))).toMatchObject({
        standing: 'active',
      });
    } finally {
      await service.stop();
    }
  });
});

test.skipIf(!anvilIsInstalled)('another Ethereum client (anvil), with fees, is administered alike', async () => {
  const anvil = await startAnvil();
  const signer = keySigner(memberKey(1));
  const session = await openAdminSession({ rpcUrl: anvil.url, signer });
  try {
    await session.provider.send('anvil_setBalance', [signer.account, '0x56bc75e2d63100000']);
    const deployment = await deploy(session);
    await changeMembers(session, deployment.membership, 'admit', [memberAccount(2)]);
    await openStudy(session, deployment.ledger, terms('a study with fees'));
    const status = await readStatus(session.provider, deployment);
    expect(status).toMatchObject({ members: [{ account: memberAccount(2) }], studies: [{ state: 'open' }] });
    expect((await verifyDeployment(session.provider, deployment)).filter(({ ok }) => !ok)).toEqual([]);
  } finally {
    session.close();
    await anvil.stop();
  }
});

describe('a deployment file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consilium-deployment-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is read as it was written, and leaves nothing else behind', async () => {
    const path = join(folder, 'deployment.json');
    const deployment = await deploy(await openSession());
    await writeDeployment(path, deployment);
    await writeDeployment(path, deployment);
    expect(await readDeployment(path)).toEqual(deployment);
    const { readdir } = await import('node:fs/promises');
    expect(await readdir(folder)).toEqual(['deployment.json']);
  });

  test('that is missing, unfinished or spoilt is refused', async () => {
    const invalid = failing('ledger/deployment-invalid');
    const path = join(folder, 'other.json');
    expect(await readDeploymentDraft(path)).toBeNull();
    await expect(readDeployment(path)).rejects.toThrow(invalid);
    const deployment = await deploy(await openSession());
    await writeDeployment(path, { ...deployment, created: { ...deployment.created, ledger: null } });
    await expect(readDeployment(path)).rejects.toThrow(invalid);
    const whole = JSON.stringify(deployment);
    for (const spoilt of [whole.slice(0, 100), '[]', whole.replace('"chainId"', '"chain"')]) {
      await writeFile(path, spoilt);
      await expect(readDeployment(path)).rejects.toThrow(invalid);
    }
    await writeFile(path, whole); // the control
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(await readDeployment(path));
  });

  test('of another chain, or with other contracts, is refused before anything is sent', async () => {
    const session = await openSession();
    const deployment = await deploy(session);
    const check = (changes: Partial<Deployment>): Promise<void> =>
      assertDeployment(session.provider, session.chainId, { ...deployment, ...changes });
    await expect(check({ chainId: 1 })).rejects.toThrow(failing('ledger/wrong-chain', { expected: 1 }));
    await expect(check({ ledger: memberAccount(1) })).rejects.toThrow(failing('ledger/not-our-contract'));
    await expect(check({ membership: deployment.ledger })).rejects.toThrow(failing('ledger/not-our-contract'));
    await check({});
  });
});

describe('verifying', () => {
  test('names everything that differs', async () => {
    const session = await openSession();
    const deployment = await deploy(session);
    const differing = async (changes: Partial<Deployment> = {}): Promise<string[]> => {
      const checks = await verifyDeployment(session.provider, { ...deployment, ...changes });
      return checks.filter(({ ok }) => !ok).map(({ what }) => what);
    };
    expect(await differing()).toEqual([]); // the control
    const { created, parameters } = deployment;
    const spoilt = { ...created, ledger: { ...created.ledger, codeHash: digest('another build') } };
    expect(await differing({ created: spoilt })).toEqual(['code of the Ledger in the file']);
    expect(await differing({ parameters: { ...parameters, revealWindowBlocks: 1 } })).toEqual([
      'reveal window in blocks',
    ]);
    expect(await differing({ admin: memberAccount(1) })).toHaveLength(3);
    const other = await deploy(await openSession({ signer: keySigner(memberKey(1)) }));
    expect(await differing({ membership: other.membership })).toContain("the Ledger's membership contract");
    expect(await differing({ ledger: memberAccount(1) })).toEqual(['code of the Ledger on chain']);

    const contract = membershipAt(deployment.membership, session.provider);
    await session.send({
      doing: 'changing the governance',
      compose: () => contract.setGovernance.populateTransaction({ weightShareCapMicros: 1, quorumMicros: 1 }),
    });
    await session.send({
      doing: 'granting a role',
      compose: () => contract.grantRole.populateTransaction(roleId('STUDY_ROLE'), memberAccount(1)),
    });
    await beginTransfer(session, deployment.membership, memberAccount(2));
    expect(await differing()).toEqual([
      'pending administrator',
      'holders of STUDY_ROLE',
      'cap of weight shares in millionths',
      'quorum in millionths',
    ]);
  });
});

describe('members', () => {
  const member = (standing: 'none' | 'active' | 'suspended' | 'removed' | 'rotated') => ({
    account: memberAccount(1),
    standing,
    index: 0,
    sinceBlock: 0,
  });

  test.each([
    ['admit', ['none', 'removed'], ['active'], ['suspended', 'rotated']],
    ['suspend', ['active'], ['suspended'], ['none', 'removed', 'rotated']],
    ['reinstate', ['suspended'], ['active'], ['none', 'removed', 'rotated']],
    ['remove', ['active', 'suspended'], ['removed'], ['none', 'rotated']],
  ] as const)(
    'to %s are told apart from those who stand so, and those who cannot',
    (change, todo, done, impossible) => {
      const standings = ['none', 'active', 'suspended', 'removed', 'rotated'] as const;
      const plan = planChange(change, standings.map(member));
      const names = (members: readonly { standing: string }[]): string[] => members.map(({ standing }) => standing);
      expect([names(plan.todo), names(plan.done), names(plan.impossible)]).toEqual([todo, done, impossible]);
    },
  );

  test('are admitted, suspended, reinstated, removed, and get another key', async () => {
    const session = await openSession();
    const { membership } = await deploy(session);
    const [one, two, three] = [1, 2, 3].map(memberAccount) as [Hex, Hex, Hex];
    await changeMembers(session, membership, 'admit', [one, two]);
    await changeMembers(session, membership, 'suspend', [one]);
    await rotateKey(session, membership, { from: two, to: three });
    const standings = async (): Promise<unknown[]> =>
      (await listMembers(session.provider, membership)).map(({ account, standing, index }) => [
        account,
        standing,
        index,
      ]);
    expect(await standings()).toEqual([
      [one, 'suspended', 0],
      [three, 'active', 1],
    ]);
    expect(await readMember(session.provider, membership, two)).toMatchObject({ standing: 'rotated', index: 1 });
    await changeMembers(session, membership, 'reinstate', [one]);
    await changeMembers(session, membership, 'remove', [three]);
    expect(await standings()).toEqual([
      [one, 'active', 0],
      [three, 'removed', 1],
    ]);
  });

  test('are admitted by nobody else, and what the contract refuses is not sent', async () => {
    const { membership } = await deploy(await openSession());
    const stranger = await openSession({ signer: keySigner(memberKey(7)) });
    const admission = changeMembers(stranger, membership, 'admit', [memberAccount(1)]);
    await expect(admission).rejects.toThrow(reverted('AccessControlUnauthorizedAccount'));
    const dry = await openSession({ signer: keySigner(memberKey(7)), dryRun: true });
    const rehearsal = changeMembers(dry, membership, 'admit', [memberAccount(1)]);
    await expect(rehearsal).rejects.toThrow(reverted('AccessControlUnauthorizedAccount'));
    expect(await sentBy(stranger.account)).toBe(0);
  });

  test('who leave are excluded from the open studies in which they take part', async () => {
    const session = await openSession();
    const deployment = await deploy(session);
    const { membership, ledger } = deployment;
    const accounts = [1, 2, 3].map(memberAccount);
    await changeMembers(session, membership, 'admit', accounts);
    for (const name of ['open', 'other', 'closed']) await openStudy(session, ledger, terms(name));
    const connection = await connectLedger({ rpcUrl: chain.url, contract: ledger });
    for (const n of [1, 2]) await connection.as(memberKey(n)).join(digest('open'), digest('data'));
    for (const n of [1, 3]) await connection.as(memberKey(n)).join(digest('closed'), digest('data'));
    await connection.as(memberKey(2)).withdraw(digest('open'));
    await closeStudy(session, ledger, digest('closed'));

    const from = await findParticipations(session.provider, deployment, accounts);
    expect(from).toEqual([{ study: digest('open'), account: memberAccount(1) }]);
    await changeMembers(session, membership, 'remove', [memberAccount(1)]);
    await exclude(session, ledger, { from, notYetOut: [] });
    expect(await findParticipations(session.provider, deployment, accounts)).toEqual([]);
    expect((await connection.entries(digest('open'), 0)).map(({ kind }) => kind)).toEqual([
      'opened',
      'joined',
      'joined',
      'withdrawn',
      'excluded',
    ]);
    connection.close();
    const studies = await listStudies(session.provider, deployment);
    expect(studies.map(({ study, state, entries }) => [study, state, entries])).toEqual([
      [digest('open'), 'open', 5],
      [digest('other'), 'open', 1],
      [digest('closed'), 'closed', 4],
    ]);
    expect(studies[0]).toMatchObject(terms('open'));
  });
});

describe('the administration', () => {
  /** Offered by the test's admin to member 50 + n, and due. */
  async function offered(n: number) {
    const session = await openSession();
    const deployment = await deploy(session, { adminDelaySeconds: 0 });
    const successor = await openSession({ signer: keySigner(memberKey(50 + n)) });
    await beginTransfer(session, deployment.membership, successor.account);
    const accept = async (): Promise<void> => {
      const state = await readAdministration(session.provider, deployment.membership);
      const holders = await readRoleHolders(session.provider, deployment);
      await acceptTransfer(successor, deployment, { state, holders });
    };
    return { session, deployment, successor, accept };
  }

  test('passes with both roles to the account that it was offered to', async () => {
    const { session, deployment, successor, accept } = await offered(1);
    expect(await readAdministration(session.provider, deployment.membership)).toMatchObject({
      admin: session.account,
      pending: { to: successor.account },
    });
    await eventually(accept); // the chain's next second
    const { administration, roles } = await readStatus(session.provider, deployment);
    expect(administration).toMatchObject({ admin: successor.account, pending: null });
    expect(roles).toEqual({
      ADMISSION_ROLE: [successor.account],
      STUDY_ROLE: [successor.account],
      formerAdmins: [session.account],
    });
    await expect(openStudy(session, deployment.ledger, terms('too late'))).rejects.toThrow(
      reverted('AccessControlUnauthorizedAccount'),
    );
    const sent = await sentBy(successor.account);
    await accept(); // again: nothing is left to do
    expect(await sentBy(successor.account)).toBe(sent);
  });

  test('that was accepted by an interrupted run takes the roles with the next', async () => {
    const { session, deployment, successor, accept } = await offered(2);
    const contract = membershipAt(deployment.membership, successor.provider);
    const compose = () => contract.acceptDefaultAdminTransfer.populateTransaction();
    await eventually(async () => void (await successor.send({ doing: 'accepting', compose })));
    expect((await readRoleHolders(session.provider, deployment)).STUDY_ROLE).toEqual([session.account]);
    await accept();
    const { ADMISSION_ROLE, STUDY_ROLE } = await readRoleHolders(session.provider, deployment);
    expect([ADMISSION_ROLE, STUDY_ROLE]).toEqual([[successor.account], [successor.account]]);
  });

  test('is accepted by nobody else, and not before the delay has passed', async () => {
    const session = await openSession();
    const deployment = await deploy(session);
    const [offeredTo, stranger] = [
      await openSession({ signer: keySigner(memberKey(60)) }),
      await openSession({ signer: keySigner(memberKey(61)) }),
    ];
    await beginTransfer(session, deployment.membership, offeredTo.account);
    const state = await readAdministration(session.provider, deployment.membership);
    const holders = await readRoleHolders(session.provider, deployment);
    await expect(acceptTransfer(offeredTo, deployment, { state, holders })).rejects.toThrow(
      reverted('AccessControlEnforcedDefaultAdminDelay'),
    );
    await expect(acceptTransfer(stranger, deployment, { state, holders })).rejects.toThrow(
      reverted('AccessControlInvalidDefaultAdmin'),
    );
    expect([await sentBy(offeredTo.account), await sentBy(stranger.account)]).toEqual([0, 0]);
  });
});
