import type { OptionValues } from '../src/cli/command-line.ts';
import type { AdminSession } from '../src/ledger/admin/admin-session.ts';
import { assertChain } from '../src/ledger/admin/check-deployment.ts';
import { type Deployment, readDeployment } from '../src/ledger/admin/deployment.ts';
import { connectRpc } from '../src/ledger/rpc-provider.ts';
import { deploymentPath, rpcUrls } from './admin-options.ts';

/** Opens the chain and its deployment file, without any key. @throws LedgerError; ConsiliumError `cli/usage`, `ledger/deployment-invalid` */
export async function withDeployment<T>(
  values: OptionValues,
  work: (provider: AdminSession['provider'], deployment: Deployment) => Promise<T>,
): Promise<T> {
  const provider = await connectRpc(rpcUrls(values));
  try {
    const chainId = Number((await provider.getNetwork()).chainId);
    const deployment = await readDeployment(deploymentPath(values, chainId));
    assertChain(deployment, chainId);
    return await work(provider, deployment);
  } finally {
    provider.destroy();
  }
}
