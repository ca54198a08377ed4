import { parseArgs } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import type { RowGroup } from '../../test/faults/all-rows.ts';
import { type FaultRow, rowLine } from '../../test/faults/fault-row.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Runs groups of fault rows and prints a line each; ends the process with 1 if a row failed. @param script its name, for the help */
export async function runFaultRows(script: string, all: readonly RowGroup[]): Promise<never> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      seed: { type: 'string', default: 'full' },
      only: { type: 'string' },
    },
  });
  const groups = all.filter(({ name }) => values.only === undefined || name === values.only);
  if (groups.length === 0 || values.help) {
    const usage = `node ${script} [--quick] [--json] [--seed <text>] [--only <name>]`;
    process.stderr.write(`${usage}\nnames: ${all.map(({ name }) => name).join(', ')}\n`);
    process.exit(values.help ? 0 : EXIT_USAGE);
  }
  const rows: FaultRow[] = [];
  for (const [i, group] of groups.entries()) {
    process.stderr.write(`${i + 1} of ${groups.length}: ${group.name} …\n`);
    const before = systemClock.now();
    rows.push(...(await group.run(values.quick ? 'quick' : 'full', values.seed)));
    process.stderr.write(`${group.name}: ${((systemClock.now() - before) / 1000).toFixed(1)} s\n`);
  }
  process.stdout.write(values.json ? `${JSON.stringify(rows)}\n` : `${rows.map(rowLine).join('\n')}\n`);
  process.exit(rows.every((row) => row.passed) ? 0 : EXIT_FAILED);
}
