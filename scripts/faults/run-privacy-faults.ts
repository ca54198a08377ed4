/** The fault table of the privacy budget in full; see test/faults/privacy-rows.ts. */
import { PRIVACY_ROW_GROUPS } from '../../test/faults/privacy-rows.ts';
import { runFaultRows } from './run-fault-rows.ts';

await runFaultRows('scripts/faults/run-privacy-faults.ts', PRIVACY_ROW_GROUPS);
