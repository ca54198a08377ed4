/** The fault table of the ledger client in full; see test/faults/all-rows.ts. Ends with 1 if a row failed. */
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import { ROW_GROUPS } from '../../test/faults/all-rows.ts';
import { type FaultRow, rowLine } from '../../test/faults/fault-row.ts';

const USAGE = 'node scripts/faults/run-ledger-faults.ts [--quick] [--json] [--seed <text>] [--only <name>]';
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: 'full' },
    only: { type: 'string' },
  },
});

const groups = ROW_GROUPS.filter(({ name }) => values.only === undefined || name === values.only);
if (groups.length === 0) {
  process.stderr.write(`${USAGE}\nnames: ${ROW_GROUPS.map(({ name }) => name).join(', ')}\n`);
  process.exit(EXIT_USAGE);
}

const rows: FaultRow[] = [];
for (const [i, group] of groups.entries()) {
  process.stderr.write(`${i + 1} of ${groups.length}: ${group.name} …\n`);
  const before = systemClock.now();
  rows.push(...(await group.run(values.quick ? 'quick' : 'full', values.seed)));
  process.stderr.write(`${group.name}: ${((systemClock.now() - before) / 1000).toFixed(1)} s\n`);
}
process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : `${rows.map(rowLine).join('\n')}\n`);
process.exit(rows.every((row) => row.passed) ? 0 : EXIT_FAILED);
