import type { DataError } from '../data/data-error.ts';
import { describeRecords, type RecordsSummary } from '../data/describe-records.ts';
import { isFederation } from '../data/read-federation.ts';
import { readRegularFile } from '../data/read-file.ts';
import { readSourceRecords } from '../data/read-source-records.ts';
import { isTable, readStudyRecords } from '../data/read-study-records.ts';
import type { SourceRecords } from '../data/source-record.ts';
import { countLeftOut } from '../data/tables/bad-rows.ts';
import { type ColumnSummary, countRepeatedRows, describeColumns } from '../data/tables/describe-columns.ts';
import { parseCsv } from '../data/tables/parse-csv.ts';
import { checkFederation } from './check-federation.ts';
import { type OptionValues, usageError } from './command-line.ts';
import { DATA_OPTIONS, readDataOptions, readInputSpec } from './data-options.ts';
import { formatTable } from './format-table.ts';
import { type Command, EXIT_FAILURE, EXIT_OK } from './run-command.ts';

/** What is known of a table without a study: its rows, and those that are there more than once. */
interface RowsSummary {
  readonly rows: number;
  readonly duplicates: number;
}

/** What `data check` found; fields that do not apply are null. */
interface Check {
  readonly summary: RecordsSummary | RowsSummary;
  readonly columns: readonly ColumnSummary[] | null;
  readonly problems: readonly DataError[];
}

export const dataCheckCommand: Command = {
  spec: {
    usage: 'consilium data check <path> [options]',
    summary:
      "Reads a member's files and says what is there: records, classes, patients, sizes or columns, duplicates, and every file or row\n" +
      'that cannot be used, with the reason. The path is a folder of DICOM, PNG, JPEG or NIfTI files, an NPZ file in MedMNIST layout,\n' +
      'a CSV table, or a folder with one CSV table a hospital. Nothing is written. Exit code 1 if something cannot be used.',
    positionals: true,
    options: {
      manifest: {
        type: 'string',
        value: '<file>',
        help: "the study's manifest, or a description of its input, to check against",
      },
      ...DATA_OPTIONS,
      json: { type: 'boolean', help: 'print one JSON document' },
    },
    examples: [
      'consilium data check scans --label-csv labels.csv',
      'consilium data check pneumoniamnist.npz',
      'consilium data check patients.csv --manifest manifest.json',
    ],
  },
  async run(values, positionals) {
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0) throw usageError('give one file or folder; see --help');
    if (values['label-csv'] === undefined && (await isFederation(path))) return checkFederation(path, values);
    const check = await checkPath(path, values);
    process.stdout.write(values.json === true ? asJson(check) : asText(check));
    return check.problems.length > 0 ? EXIT_FAILURE : EXIT_OK;
  },
};

async function checkPath(path: string, values: OptionValues): Promise<Check> {
  const options = readDataOptions(values);
  const columns = isTable(path) ? parseCsv(path, await readRegularFile(path)) : null;
  if (typeof values.manifest === 'string') {
    const read = await readStudyRecords(path, await readInputSpec(values.manifest), options);
    return toCheck(read, columns === null ? null : describeColumns(columns));
  }
  if (columns !== null) {
    const summary = { rows: columns.rows.length, duplicates: countRepeatedRows(columns) };
    return { summary, columns: describeColumns(columns), problems: columns.badRows.errors() };
  }
  return toCheck(await readSourceRecords(path, options), null);
}

function toCheck({ records, problems }: SourceRecords, columns: Check['columns']): Check {
  return { summary: describeRecords(records), columns, problems };
}

function asJson({ summary, columns, problems }: Check): string {
  const listed = problems.map(({ code, message, details }) => ({ code, message, ...details }));
  return `${JSON.stringify({ ...summary, columns, problems: listed })}\n`;
}

function asText({ summary, columns, problems }: Check): string {
  return [
    ...(columns === null ? [] : [columnsTable(columns), '']),
    ...('rows' in summary ? rowsLines(summary) : summaryLines(summary)),
    ...problems.map(({ code, message }) => `${code}: ${message}`),
    `${countLeftOut(problems)} files or rows cannot be used`,
    '',
  ].join('\n');
}

function columnsTable(columns: readonly ColumnSummary[]): string {
  const rows = columns.map(({ name, kind, missing, different, range }) => [
    name,
    kind,
    String(missing),
    String(different),
    range === null ? '' : range.join(' … '),
  ]);
  return formatTable(['column', 'kind', 'missing', 'different', 'range'], rows);
}

function rowsLines({ rows, duplicates }: RowsSummary): string[] {
  return [`rows        ${rows}`, `duplicates  ${duplicates}`];
}

function summaryLines({
  records,
  patients,
  classes,
  shapes,
  sexes,
  ages,
  duplicates,
  duplicatesAcrossParts,
}: RecordsSummary): string[] {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name}: ${count}`)
      .join(', ');
  return [
    `records     ${records}${patients === null ? '' : ` of ${patients} patients`}`,
    `classes     ${list(classes)}`,
    `shapes      ${list(shapes)}`,
    ...(sexes === null ? [] : [`sex         ${list(sexes)}`]),
    ...(ages === null ? [] : [`age         ${list(ages)}`]),
    `duplicates  ${duplicates}${duplicatesAcrossParts === 0 ? '' : `, of which ${duplicatesAcrossParts} lie in two parts of the file`}`,
  ];
}
