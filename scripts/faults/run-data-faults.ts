/**
 * Damages files of every format that is read and shows what became of them:
 * `--files 100000` a format, `--minutes 60` at most for all, `--only <format>`, `--seed <text>`, `--quick`, `--json`.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import { formatTable } from '../../src/cli/format-table.ts';
import { fuzzInBatches, type LongFuzzOutcome } from '../../test/faults/data/fuzz-in-batches.ts';
import { FUZZED_FORMATS } from '../../test/faults/data/fuzzed-formats.ts';

const QUICK_FILES = 300;
/** What no mutated file may take more of: they are small. */
const LIMITS = { seconds: 2, mebibytes: 256 };
const LISTED_FAILURES = 20;

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    minutes: { type: 'string', default: '60' },
    only: { type: 'string' },
    seed: { type: 'string', default: 'long' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

interface Row extends LongFuzzOutcome {
  readonly elapsedSeconds: number;
}

const files = values.quick ? QUICK_FILES : Number(values.files);
const formats = FUZZED_FORMATS.filter(({ name }) => values.only === undefined || values.only === name);
if (!Number.isInteger(files) || files < 1 || formats.length === 0) {
  console.error(`give --files above 0 and --only of ${FUZZED_FORMATS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const share = (Number(values.minutes) * 60_000) / formats.length;
const rows: Row[] = [];
for (const format of formats) {
  const start = systemClock.now();
  const isOver = (): boolean => systemClock.now() - start > share;
  const outcome = await fuzzInBatches(format, { files, seed: values.seed, limits: LIMITS, isOver });
  rows.push({ ...outcome, elapsedSeconds: (systemClock.now() - start) / 1000 });
}
console.log(toTable(rows));
for (const { failures } of rows) {
  for (const failure of failures.slice(0, LISTED_FAILURES)) console.log(`failed: ${failure}`);
}
if (values.json) console.log(JSON.stringify({ seed: values.seed, asked: files, formats: rows }));
process.exitCode = rows.some(({ failures }) => failures.length > 0) ? 1 : 0;

function toTable(outcomes: readonly Row[]): string {
  return formatTable(
    ['format', 'files', 'read', 'refused', 'failed', 'idle MiB', 'most MiB a file', 'most CPU s a file', 'seconds'],
    outcomes.map((row) => [
      row.format,
      String(row.files),
      String(row.read),
      String(Object.values(row.refused).reduce((total, count) => total + count, 0)),
      String(row.failures.length),
      row.idleMebibytes.toFixed(0),
      row.mebibytes.toFixed(0),
      row.seconds.toFixed(2),
      row.elapsedSeconds.toFixed(0),
    ]),
  );
}
