import { ContractFactory, type InterfaceAbi, type TransactionReceipt } from 'ethers';
import type { Hex } from '../../base/bytes.ts';
import { ConsiliumError } from '../../base/errors.ts';
import {
  type CodeIdentity,
  LEDGER_ABI,
  LEDGER_BYTECODE,
  LEDGER_CODE,
  MEMBERSHIP_ABI,
  MEMBERSHIP_BYTECODE,
  MEMBERSHIP_CODE,
  membershipAt,
} from '../bindings.ts';
import { assertContractCode, codeHashAt } from '../contract-code.ts';
import type { AdminSession } from './admin-session.ts';
import { assertChain, assertDeployment } from './check-deployment.ts';
import type { ContractCreation, Deployment, DeploymentDraft, DeploymentParameters } from './deployment.ts';
import { isComplete } from './deployment.ts';
import { guarded } from './guarded.ts';
import { ROLE_NAMES, roleId } from './roles.ts';

export const DEFAULT_PARAMETERS: DeploymentParameters = {
  // Two days: time enough to see a hand-over coming that nobody meant.
  adminDelaySeconds: 172_800,
  weightShareCapMicros: 500_000,
  quorumMicros: 500_000,
  // More than a day at two seconds a block: a member that was away catches up.
  revealWindowBlocks: 50_000,
};

export interface DeployOptions {
  readonly parameters: DeploymentParameters;
  /** What an earlier run wrote down. */
  readonly previous: DeploymentDraft | null;
  /** Writes down how far it has come; called before and after each creation. */
  readonly save: (draft: DeploymentDraft) => Promise<void>;
}

/**
 * Deploys the Membership, grants its admission and study roles to the admin, and deploys the Ledger; goes on where an
 * earlier run stopped, and does nothing if that one finished. In a dry run the addresses are those that there would be.
 * @throws LedgerError; `ledger/not-our-contract` if there is nothing, or something else, where the earlier run deployed;
 * ConsiliumError `ledger/deployment-invalid` if that was interrupted, and was another key's
 */
export async function deployContracts(session: AdminSession, options: DeployOptions): Promise<Deployment> {
  const { previous, parameters } = options;
  const save = session.dryRun ? async () => {} : options.save;
  if (previous !== null) assertChain(previous, session.chainId);
  if (previous !== null && isComplete(previous)) {
    await assertDeployment(session.provider, session.chainId, previous);
    return previous;
  }
  if (previous !== null && previous.admin !== session.account) throw otherAdmin(previous.admin, session.account);

  let draft = previous ?? (await newDraft(session, parameters));
  const note = async (news: Partial<DeploymentDraft>): Promise<void> => {
    draft = { ...draft, ...news };
    await save(draft);
  };
  await note({});
  const membership = await createOnce(session, membershipOf(draft));
  await note({ membership: membership.address, created: { membership: membership.creation, ledger: null } });
  await grantRoles(session, membership.address);
  const ledgerAddress = (await ledgerBegun(session, draft)) ?? (await session.nextContractAddress());
  await note({ ledger: ledgerAddress });
  const ledger = await createOnce(session, ledgerOf(draft, ledgerAddress));
  const created = { membership: membership.creation, ledger: ledger.creation };
  const deployment = { ...draft, ledger: ledger.address, created };
  await note(deployment);
  return deployment;
}

async function newDraft(session: AdminSession, parameters: DeploymentParameters): Promise<DeploymentDraft> {
  return {
    type: 'consilium/deployment/1',
    chainId: session.chainId,
    membership: await session.nextContractAddress(),
    ledger: null,
    admin: session.account,
    parameters,
    created: { membership: null, ledger: null },
  };
}

/** Where an earlier run created the Ledger, if it got that far before it could note so. */
async function ledgerBegun({ provider }: AdminSession, { ledger }: DeploymentDraft): Promise<Hex | null> {
  if (ledger === null) return null;
  const hash = await guarded('looking for the Ledger', () => codeHashAt(provider, ledger, LEDGER_CODE));
  return hash === null ? null : ledger;
}

interface Creation {
  readonly name: string;
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
  readonly code: CodeIdentity;
  readonly arguments: readonly unknown[];
  /** Where it is, if it is there. */
  readonly address: Hex;
  readonly known: ContractCreation | null;
  readonly follows: boolean;
}

function membershipOf({ parameters, admin, membership, created }: DeploymentDraft): Creation {
  const { adminDelaySeconds, weightShareCapMicros, quorumMicros } = parameters;
  return {
    name: 'Membership',
    abi: MEMBERSHIP_ABI,
    bytecode: MEMBERSHIP_BYTECODE,
    code: MEMBERSHIP_CODE,
    arguments: [adminDelaySeconds, admin, { weightShareCapMicros, quorumMicros }],
    address: membership,
    known: created.membership,
    follows: false,
  };
}

function ledgerOf({ parameters, membership, created }: DeploymentDraft, address: Hex): Creation {
  return {
    name: 'Ledger',
    abi: LEDGER_ABI,
    bytecode: LEDGER_BYTECODE,
    code: LEDGER_CODE,
    arguments: [membership, parameters.revealWindowBlocks],
    address,
    known: created.ledger,
    follows: true,
  };
}

interface CreatedContract {
  readonly address: Hex;
  readonly creation: ContractCreation;
}

/** Creates a contract, unless it is there already. */
async function createOnce(session: AdminSession, creation: Creation): Promise<CreatedContract> {
  const { name, address, code, known } = creation;
  const codeHash = code.runtimeHash as Hex;
  const found = await guarded(`looking for the ${name}`, () => codeHashAt(session.provider, address, code));
  if (known !== null || found !== null) {
    await assertContractCode(session.provider, address, code);
    return { address, creation: known ?? { transaction: null, blockNumber: null, codeHash } };
  }
  const receipt = await create(session, creation);
  if (receipt === null) return { address, creation: { transaction: null, blockNumber: null, codeHash } };
  const created = (receipt.contractAddress ?? address).toLowerCase() as Hex;
  await assertContractCode(session.provider, created, code);
  const transaction = receipt.hash as Hex;
  return { address: created, creation: { transaction, blockNumber: receipt.blockNumber, codeHash } };
}

function create(session: AdminSession, creation: Creation): Promise<TransactionReceipt | null> {
  const factory = new ContractFactory(creation.abi, creation.bytecode);
  return session.send({
    doing: `deploying the ${creation.name}`,
    follows: creation.follows,
    compose: () => factory.getDeployTransaction(...creation.arguments),
  });
}

async function grantRoles(session: AdminSession, membership: Hex): Promise<void> {
  const contract = membershipAt(membership, session.provider);
  const isThere = (await codeHashAt(session.provider, membership, MEMBERSHIP_CODE)) !== null;
  for (const name of ROLE_NAMES) {
    const role = roleId(name);
    if (isThere && (await guarded('reading the roles', () => contract.hasRole(role, session.account)))) continue;
    await session.send({
      doing: `granting ${name} to ${session.account}`,
      follows: !isThere,
      compose: () => contract.grantRole.populateTransaction(role, session.account),
    });
  }
}

function otherAdmin(expected: Hex, found: Hex): ConsiliumError {
  const message = `the interrupted deployment is ${expected}'s, and this is the key of ${found}; go on with the same key`;
  return new ConsiliumError('ledger/deployment-invalid', message, { details: { expected, found } });
}
