import { Interface, type Provider } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import { readLogs } from './admin/read-logs.ts';
import { LEDGER_ABI } from './bindings.ts';
import type { OpenedStudy } from './ledger.ts';

const LEDGER = new Interface(LEDGER_ABI);
const OPENED = LEDGER.getEvent('Opened')?.topicHash ?? '';

/** All studies that the Ledger contract's events tell of, in the order in which they were opened. */
export async function readStudies(provider: Provider, contract: Hex): Promise<OpenedStudy[]> {
  const logs = await readLogs(provider, { address: contract, topics: [OPENED] }, 0);
  // The study is the first indexed argument of every event.
  return logs.map(({ topics, blockNumber }) => ({ study: (topics[1] ?? '0x') as Hex, blockNumber }));
}
