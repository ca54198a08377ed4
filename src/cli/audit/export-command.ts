import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listEntries } from '../../audit/list-entries.ts';
import { listScores } from '../../audit/list-scores.ts';
import { listWeights } from '../../audit/list-weights.ts';
import { tabulateMetrics } from '../../audit/metrics-table.ts';
import { openSubject } from '../../audit/open-subject.ts';
import { tabulateParticipation } from '../../audit/participation-table.ts';
import { messageOf } from '../../base/errors.ts';
import { required, usageError } from '../command-line.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { CHAIN_OPTIONS } from './chain-options.ts';
import { describeFindings } from './describe-findings.ts';
import { DELIMITER_OPTION, readDelimiter, type Sheet, sheetAsCsv, sheetAsJson, sheetOf } from './sheet.ts';
import { CONTRIBUTION_FIELDS, entriesSheet, metricsSheet, participationSheet, studySheet } from './sheets.ts';
import { type AuditSource, withBundle } from './with-bundle.ts';

const FORMATS = { csv: sheetAsCsv, json: sheetAsJson } as const;

export const auditExportCommand: Command = {
  spec: {
    usage: 'consilium audit export <bundle> --out <folder> [options]',
    summary:
      'Writes what a bundle tells into files for spreadsheets and other programs: study, contributions, valuations, participation, weights\n' +
      'and metrics. In CSV a text that a spreadsheet would compute gets an apostrophe in front. What is written is not verified, but for\n' +
      "the log's heads and the digests of metrics: 'consilium audit verify' does that.",
    positionals: true,
    options: {
      out: { type: 'string', value: '<folder>', help: 'a new folder for the files' },
      format: { type: 'string', value: '<name>', help: 'csv or json', default: 'csv' },
      ...DELIMITER_OPTION,
      ...CHAIN_OPTIONS,
      json: { type: 'boolean', help: 'print the names of the files and the findings as JSON' },
    },
    examples: [
      'consilium audit export evidence.car --out tables',
      'consilium audit export evidence.car --out tables --format json',
    ],
  },
  run(values, positionals) {
    const out = required(values, 'out');
    const format = readFormat(String(values.format));
    const delimiter = readDelimiter(values, format === 'csv');
    return withBundle({ values, positionals }, async (source) => {
      const { sheets, findings } = await readSheets(source);
      await makeFolder(out);
      const files = Object.entries(sheets).map(([name, sheet]) => {
        return {
          file: join(out, `${name}.${format}`),
          rows: sheet.rows.length,
          text: FORMATS[format](sheet, delimiter),
        };
      });
      for (const { file, text } of files) await writeFile(file, text, { flag: 'wx' });
      const written = files.map(({ file, rows }) => ({ file, rows }));
      process.stdout.write(
        values.json === true
          ? `${JSON.stringify({ files: written, findings })}\n`
          : [...written.map(({ file, rows }) => `${file}: ${rows} rows`), describeFindings(findings, []), ''].join(
              '\n',
            ),
      );
      return findings.length === 0 ? EXIT_OK : EXIT_FINDINGS;
    });
  },
};

function readFormat(name: string): keyof typeof FORMATS {
  if (name === 'csv' || name === 'json') return name;
  throw usageError(`--format ${name}: give csv or json`);
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path).catch((cause) => {
    throw usageError(`--out ${path}: ${messageOf(cause)}; name a new folder`, cause);
  });
}

async function readSheets({ bundle, ledger }: AuditSource) {
  const { source, subject } = await openSubject(bundle, ledger);
  const participation = await tabulateParticipation(bundle, ledger);
  const metrics = await tabulateMetrics(bundle, ledger);
  const everything = { accounts: null, round: null, kind: null };
  const entries = listEntries(subject.log, bundle.evidence.announcements, everything);
  const contributions = entries.filter(({ kind }) => kind === 'contribution' || kind === 'closing');
  const sheets: Readonly<Record<string, Sheet>> = {
    study: studySheet(source, subject.manifest),
    contributions: entriesSheet(contributions, CONTRIBUTION_FIELDS),
    valuations: sheetOf(['entry', 'round', 'evaluator', 'member', 'scoreMicros', 'isOwn'], listScores(subject.log)),
    participation: participationSheet(participation.rows),
    weights: sheetOf(['mixer', 'round', 'member', 'sourceRound', 'weight', 'share'], await listWeights(subject)),
    metrics: metricsSheet(metrics.rows),
  };
  // What is wrong with the log, both tables tell; once is enough.
  return { sheets, findings: metrics.findings };
}
