import type { Log, Provider, TopicFilter } from 'ethers';
import type { Hex } from '../../base/bytes.ts';

/** Blocks that one query spans; nodes refuse spans that are too wide, Besu by default above 5,000. */
const BLOCKS_PER_QUERY = 5_000;

/** A contract's events of some kinds, from a block on to the newest, in order. */
export async function readLogs(
  provider: Provider,
  filter: { readonly address: Hex; readonly topics: TopicFilter },
  from: number,
): Promise<Log[]> {
  const last = await provider.getBlockNumber();
  const logs: Log[] = [];
  for (let block = from; block <= last; block += BLOCKS_PER_QUERY) {
    const toBlock = Math.min(last, block + BLOCKS_PER_QUERY - 1);
    logs.push(...(await provider.getLogs({ ...filter, fromBlock: block, toBlock })));
  }
  return logs;
}
