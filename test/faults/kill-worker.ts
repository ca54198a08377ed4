/**
 * One member that works until it is killed: it signs a contribution and a valuation each round, and its outbox brings them to the
 * ledger. What it tells others it appends to a list first, which the test holds against the chain. Setting: one JSON object in
 * KILL_WORKER, see {@link WorkerSetting}.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { WorkerSetting } from './kill-setting.ts';
import { runWorker } from './run-worker.ts';

const setting = JSON.parse(process.env['KILL_WORKER'] ?? '{}') as WorkerSetting;
const list = openSync(setting.list, 'a');
await runWorker(setting, (line) => {
  writeSync(list, `${line}\n`);
  fsyncSync(list);
});
closeSync(list);
process.exit();
