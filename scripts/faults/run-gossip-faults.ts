/** The fault table of the network in full; see test/faults/gossip-rows.ts. */
import { GOSSIP_ROW_GROUPS } from '../../test/faults/gossip-rows.ts';
import { runFaultRows } from './run-fault-rows.ts';

await runFaultRows('scripts/faults/run-gossip-faults.ts', GOSSIP_ROW_GROUPS);
