import { connectLedger } from '../../src/ledger/ethers-ledger.ts';
import { connectRpc } from '../../src/ledger/rpc-provider.ts';
import { memberAccount, memberKey } from '../builders.ts';
import { startAnvil } from '../ledger/anvil.ts';
import { prepareStudy, STUDY_ADMIN } from './fault-study.ts';
import type { ForkingChain } from './reorganisations.ts';

const FUNDS = '0x56bc75e2d63100000';

/** Another Ethereum client, which reorganises by itself; what was in the last blocks is gone. */
export async function startForkingAnvil(members: number): Promise<ForkingChain & { stop(): Promise<void> }> {
  const anvil = await startAnvil();
  const provider = await connectRpc(anvil.url);
  const numbers = [STUDY_ADMIN, ...Array.from({ length: members }, (_, i) => i + 1)];
  for (const n of numbers) await provider.send('anvil_setBalance', [memberAccount(n), FUNDS]);
  const { contract, study } = await prepareStudy(anvil.url, { members, rounds: 10_000 });
  const connection = await connectLedger({ rpcUrl: anvil.url, contract });
  const floor = await provider.getBlockNumber();
  return {
    study,
    domain: connection.domain,
    ledger: {
      as: (n) => connection.as(memberKey(n)),
      fill: async () => void (await provider.send('evm_mine', [])),
      height: () => connection.blockNumber(),
      reorganise: async (depth) => {
        const possible = Math.min(depth, (await provider.getBlockNumber()) - floor);
        if (possible > 0) await provider.send('anvil_reorg', [possible, []]);
      },
    },
    stop: async () => {
      connection.close();
      provider.destroy();
      await anvil.stop();
    },
  };
}
