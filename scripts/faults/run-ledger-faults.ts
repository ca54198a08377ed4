/** The fault table of the ledger client in full; see test/faults/all-rows.ts. */
import { ROW_GROUPS } from '../../test/faults/all-rows.ts';
import { runFaultRows } from './run-fault-rows.ts';

await runFaultRows('scripts/faults/run-ledger-faults.ts', ROW_GROUPS);
