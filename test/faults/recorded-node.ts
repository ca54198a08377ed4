import { z } from 'zod';
import { connectLedger, type LedgerConnection } from '../../src/ledger/ethers-ledger.ts';
import { hashContent, type LedgerEntry } from '../../src/protocol/ledger-entry.ts';
import { memberKey } from '../builders.ts';
import { type FaultStudy, startFaultStudy } from './fault-study.ts';
import { interceptFetch } from './intercept-fetch.ts';
import { recordsOf, type StudyPlace } from './study-records.ts';

/** A log as eth_getLogs gives it. */
export interface RawLog {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
  blockHash: string;
  transactionHash: string;
  transactionIndex: string;
  logIndex: string;
  removed: boolean;
}

/** What a node said about a short study, kept, so that it can be said again with other logs. */
export interface RecordedNode extends StudyPlace {
  readonly logs: readonly RawLog[];
  /** The true log of the study. */
  readonly truth: readonly LedgerEntry[];
  /** A connection to a node that says the same but for the logs. */
  connect(logs: () => readonly RawLog[]): Promise<LedgerConnection>;
  /** Gives `fetch` back. */
  stop(): void;
}

const requestSchema = z.object({ id: z.int(), method: z.string(), params: z.array(z.unknown()) });
const answerSchema = z.object({ result: z.unknown() });

/** Two members, seven records of their own: every kind of entry that a running study has. */
export async function recordNode(): Promise<RecordedNode> {
  const study = await startFaultStudy({ members: 2, rounds: 4 });
  const known = new Map<string, unknown>();
  let logs: RawLog[] = [];
  const stopRecording = interceptFetch(async ({ body }, ask) => {
    const response = await ask();
    const { method, params } = requestSchema.parse(JSON.parse(body));
    const { result } = answerSchema.parse(await response.clone().json());
    if (method === 'eth_getLogs') logs = result as RawLog[];
    known.set(JSON.stringify([method, params]), result);
    return response;
  });
  const truth = await writeStudy(study).finally(stopRecording);
  await study.stop();
  const nodes: (() => readonly RawLog[])[] = [];
  const stop = interceptFetch(async ({ url, body }) => {
    const { id, method, params } = requestSchema.parse(JSON.parse(body));
    const node = nodes[Number(new URL(url).port) - FIRST_PORT];
    const result = method === 'eth_getLogs' ? node?.() : known.get(JSON.stringify([method, params]));
    return new Response(JSON.stringify({ jsonrpc: '2.0', id, result: result ?? null }));
  });
  return {
    study: study.study,
    domain: study.domain,
    logs,
    truth,
    connect: (answer) => {
      const port = FIRST_PORT + nodes.push(answer) - 1;
      return connectLedger({ rpcUrl: `http://127.0.0.1:${port}`, contract: study.contract });
    },
    stop,
  };
}

/** Nobody listens there: `fetch` answers by itself. */
const FIRST_PORT = 1;

/** @returns the study's log, read as an index reads it, so that all its questions are known */
async function writeStudy(study: FaultStudy): Promise<LedgerEntry[]> {
  const connection = await connectLedger({ rpcUrl: study.url, contract: study.contract });
  for (const n of [1, 2]) {
    const ledger = connection.as(memberKey(n));
    for (const item of recordsOf(n, 2, study)) {
      await (item.kind === 'valuation' ? ledger.reveal([item.record]) : ledger.contribute(item.record));
    }
  }
  await connection.study(study.study);
  const entries = await connection.entries(study.study, 0);
  connection.close();
  if (entries.length !== 9 || new Set(entries.map(hashContent)).size !== 9) throw new Error('an odd study');
  return entries;
}
