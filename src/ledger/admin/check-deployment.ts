import type { Provider } from 'ethers';
import { isConsiliumError } from '../../base/errors.ts';
import { LEDGER_CODE, MEMBERSHIP_CODE } from '../bindings.ts';
import { assertContractCode } from '../contract-code.ts';
import { LedgerError } from '../ledger.ts';
import type { Deployment } from './deployment.ts';
import { guarded } from './guarded.ts';

/** @throws LedgerError `ledger/wrong-chain` */
export function assertChain(deployment: { readonly chainId: number }, chainId: number): void {
  if (deployment.chainId === chainId) return;
  throw new LedgerError(
    'ledger/wrong-chain',
    `the deployment file is of chain ${deployment.chainId}, but the node is of chain ${chainId}; correct --rpc or --deployment`,
    { details: { expected: deployment.chainId, found: chainId } },
  );
}

/**
 * Refuses to go on with contracts that are not ours, before anything is sent to them.
 * @throws LedgerError `ledger/wrong-chain`, `ledger/not-our-contract`, `ledger/unreachable`
 */
export async function assertDeployment(provider: Provider, chainId: number, deployment: Deployment): Promise<void> {
  assertChain(deployment, chainId);
  try {
    await guarded('checking the contracts', async () => {
      await assertContractCode(provider, deployment.membership, MEMBERSHIP_CODE);
      await assertContractCode(provider, deployment.ledger, LEDGER_CODE);
    });
  } catch (error) {
    if (!isConsiliumError(error, 'ledger/not-our-contract')) throw error;
    const hint = 'if the chain was begun anew, put the deployment file away and deploy again';
    throw new LedgerError('ledger/not-our-contract', `${error.message}; ${hint}`, { cause: error });
  }
}
