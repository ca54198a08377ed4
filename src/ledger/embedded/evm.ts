import { join, resolve } from 'node:path';
import { createHardhatRuntimeEnvironment } from 'hardhat/hre';

/** Hardhat's EVM in this process, driven so that the same transactions always give the same blocks. */
export interface Evm {
  readonly genesisHash: string;
  /** In seconds since 1970. */
  readonly genesisTimestamp: number;
  /** Any method at all, cheat methods too: what clients may call is decided elsewhere. */
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  /**
   * Executes one transaction in a block of its own.
   * @param timestamp of the block, in seconds since 1970; not below the block before
   * @throws if the transaction is invalid; then there is no block. A reverted one is valid.
   */
  execute(rawTransaction: string, timestamp: number): Promise<ExecutedTransaction>;
  close(): Promise<void>;
}

export interface ExecutedTransaction {
  readonly transactionHash: string;
  readonly blockHash: string;
}

interface Block {
  readonly hash: string;
  readonly timestamp: string;
}

/** Hardhat wants a project folder; ours, wherever the process was started. */
const PROJECT_ROOT = resolve(import.meta.dirname, '../../..');

/** Four times what our largest transactions take; more would let one call keep this machine busy for a minute. */
const BLOCK_GAS_LIMIT = 10_000_000;

/** Part of the genesis block, and so of every block hash: it must never change. */
const GENESIS_DATE = '2025-01-01T00:00:00Z';

/** @param directory where Hardhat looks for build artefacts, so that it does not read those of the project */
export async function createEvm({ chainId, directory }: { chainId: number; directory: string }): Promise<Evm> {
  // Otherwise Hardhat reports some of its failures over the internet; a hospital's node tells nobody anything.
  process.env['HARDHAT_DISABLE_TELEMETRY'] = 'true';
  const hre = await createHardhatRuntimeEnvironment(
    {
      paths: { artifacts: join(directory, 'artifacts'), cache: join(directory, 'cache') },
      networks: {
        embedded: {
          type: 'edr-simulated',
          chainType: 'l1',
          chainId,
          // The contracts are compiled for Paris, for consortium chains; so is the machine that tries them out.
          hardfork: 'merge',
          accounts: [],
          initialDate: GENESIS_DATE,
          initialBaseFeePerGas: 0,
          blockGasLimit: BLOCK_GAS_LIMIT,
          allowBlocksWithSameTimestamp: true,
          throwOnTransactionFailures: false,
        },
      },
    },
    {},
    PROJECT_ROOT,
  );
  const connection = await hre.network.create({ network: 'embedded' });
  const request = (method: string, params: readonly unknown[]): Promise<unknown> =>
    connection.provider.request({ method, params: [...params] });
  const blockAt = async (tag: string): Promise<Block> => (await request('eth_getBlockByNumber', [tag, false])) as Block;

  const genesis = await blockAt('0x0');
  let head = genesis;

  const execute = async (rawTransaction: string, timestamp: number): Promise<ExecutedTransaction> => {
    await request('evm_setNextBlockTimestamp', [timestamp]);
    // A block that is more than half full would raise the base fee, and lock out the accounts without funds, for good.
    await request('hardhat_setNextBlockBaseFeePerGas', ['0x0']);
    await request('hardhat_setPrevRandao', [head.hash]);
    const transactionHash = (await request('eth_sendRawTransaction', [rawTransaction])) as string;
    head = await blockAt('latest');
    return { transactionHash, blockHash: head.hash };
  };

  return {
    genesisHash: genesis.hash,
    genesisTimestamp: Number(genesis.timestamp),
    request,
    execute,
    close: () => connection.close(),
  };
}
