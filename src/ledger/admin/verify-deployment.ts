import { type Provider, TypedDataEncoder } from 'ethers';
import type { Hex } from '../../base/bytes.ts';
import { typedDataDomain } from '../../protocol/domain.ts';
import { type CodeIdentity, LEDGER_CODE, ledgerAt, MEMBERSHIP_CODE } from '../bindings.ts';
import { codeHashAt } from '../contract-code.ts';
import { readAdministration } from './administration.ts';
import type { Deployment } from './deployment.ts';
import { guarded } from './guarded.ts';
import { readGovernance } from './read-status.ts';
import { ROLE_NAMES, readRoleHolders } from './roles.ts';

/** One thing that was compared: what this build and the deployment file say, and what the chain says. */
export interface Check {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly ok: boolean;
}

/**
 * Compares what is on chain with this build and with the deployment file: code, immutables, administrator, roles,
 * governance. If the code is not ours, nothing that it answers is looked at.
 * @throws LedgerError `ledger/unreachable`
 */
export async function verifyDeployment(provider: Provider, deployment: Deployment): Promise<Check[]> {
  return guarded('verifying the deployment', async () => {
    const codes = [
      ...(await checkCode(provider, 'Membership', deployment.membership, MEMBERSHIP_CODE)),
      ...(await checkCode(provider, 'Ledger', deployment.ledger, LEDGER_CODE)),
      check('code of the Membership in the file', MEMBERSHIP_CODE.runtimeHash, deployment.created.membership.codeHash),
      check('code of the Ledger in the file', LEDGER_CODE.runtimeHash, deployment.created.ledger.codeHash),
    ];
    if (codes.some(({ ok }) => !ok)) return codes;
    return [
      ...codes,
      ...(await checkImmutables(provider, deployment)),
      ...(await checkAdministration(provider, deployment)),
    ];
  });
}

function check(what: string, expected: string | number, found: string | number | null): Check {
  return { what, expected: String(expected), found: String(found ?? 'nothing'), ok: expected === found };
}

async function checkCode(provider: Provider, name: string, address: Hex, identity: CodeIdentity): Promise<Check[]> {
  return [check(`code of the ${name} on chain`, identity.runtimeHash, await codeHashAt(provider, address, identity))];
}

async function checkImmutables(provider: Provider, deployment: Deployment): Promise<Check[]> {
  const { chainId, ledger: address, membership, parameters } = deployment;
  const ledger = ledgerAt(address, provider);
  const separator = TypedDataEncoder.hashDomain(typedDataDomain({ chainId, contract: address }));
  return [
    check("the Ledger's membership contract", membership, (await ledger.membership()).toLowerCase()),
    check('reveal window in blocks', parameters.revealWindowBlocks, Number(await ledger.REVEAL_WINDOW_BLOCKS())),
    check('EIP-712 domain', separator, await ledger.domainSeparator()),
  ];
}

async function checkAdministration(provider: Provider, deployment: Deployment): Promise<Check[]> {
  const { admin, membership, parameters } = deployment;
  const state = await readAdministration(provider, membership);
  const holders = await readRoleHolders(provider, deployment);
  const governance = await readGovernance(provider, membership);
  return [
    check('administrator', admin, state.admin),
    check('pending administrator', 'nobody', state.pending?.to ?? 'nobody'),
    check('delay of a hand-over in seconds', parameters.adminDelaySeconds, state.delaySeconds),
    ...ROLE_NAMES.map((name) => check(`holders of ${name}`, admin, holders[name].toSorted().join(' ') || null)),
    check('cap of weight shares in millionths', parameters.weightShareCapMicros, governance.weightShareCapMicros),
    check('quorum in millionths', parameters.quorumMicros, governance.quorumMicros),
  ];
}
