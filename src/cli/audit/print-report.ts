import type { Finding } from '../../audit/finding.ts';
import { type OptionSpec, type OptionValues, usageError } from '../command-line.ts';
import { EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { describeFindings } from './describe-findings.ts';
import { DELIMITER_OPTION, readDelimiter, type Sheet, sheetAsCsv } from './sheet.ts';

/** The forms in which a table of the audit can be had. */
export const FORMAT_OPTIONS = {
  json: { type: 'boolean', help: 'print everything as JSON' },
  csv: { type: 'boolean', help: 'print the rows as CSV, for spreadsheets' },
  ...DELIMITER_OPTION,
} as const satisfies Record<string, OptionSpec>;

/** A table in each form. */
export interface ReportForms<T extends { readonly findings: readonly Finding[] }> {
  readonly json: T;
  /** Its rows. */
  sheet(): Sheet;
  /** For people, findings included. */
  text(): string;
}

/** @throws ConsiliumError `cli/usage` if two forms are asked for at once, or a delimiter without CSV */
export function requireOneForm(values: OptionValues): void {
  if (values.json === true && values.csv === true) throw usageError('give --json or --csv, not both');
  readDelimiter(values, values.csv === true);
}

/**
 * Prints a table in the form that is asked for; beside CSV, findings go to standard error.
 * @returns the exit code
 */
export function printReport<T extends { readonly findings: readonly Finding[] }>(
  values: OptionValues,
  forms: ReportForms<T>,
): number {
  const { json, csv } = values;
  const { findings } = forms.json;
  if (json === true) process.stdout.write(`${JSON.stringify(forms.json)}\n`);
  else process.stdout.write(csv === true ? sheetAsCsv(forms.sheet(), readDelimiter(values, true)) : forms.text());
  if (csv === true && findings.length > 0) process.stderr.write(`${describeFindings(findings, [])}\n`);
  return findings.length === 0 ? EXIT_OK : EXIT_FINDINGS;
}
