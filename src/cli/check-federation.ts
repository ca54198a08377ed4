import { DataError } from '../data/data-error.ts';
import { describeFederation, type FederationSummary } from '../data/describe-federation.ts';
import { readSites } from '../data/read-federation.ts';
import type { OptionValues } from './command-line.ts';
import { demographicsIn, readInputSpec } from './data-options.ts';
import { formatTable } from './format-table.ts';
import { EXIT_FAILURE, EXIT_OK } from './run-command.ts';

/**
 * Prints what each hospital's table in a folder holds.
 * @returns the exit code
 * @throws DataError `data/unsuitable` if the study wants images; as `readFederation` does
 */
export async function checkFederation(folder: string, values: OptionValues): Promise<number> {
  const { manifest, json } = values;
  const given = typeof manifest === 'string' ? await readInputSpec(manifest) : undefined;
  if (given?.kind === 'image') {
    throw new DataError('data/unsuitable', 'the folder holds tables, and the study wants images; give the other');
  }
  const { input, sites } = await readSites(folder, {
    ...(given === undefined ? {} : { input: given }),
    ...demographicsIn(values),
  });
  const summary = describeFederation(sites, input);
  process.stdout.write(json === true ? asJson(summary) : asText(summary));
  return summary.leftOut > 0 ? EXIT_FAILURE : EXIT_OK;
}

function asJson({ problems, ...summary }: FederationSummary): string {
  const listed = problems.map(({ code, message, details }) => ({ code, message, ...details }));
  return `${JSON.stringify({ ...summary, problems: listed })}\n`;
}

function asText({ sites, records, classes, leftOut, problems }: FederationSummary): string {
  const rows = sites.map((site) => [
    site.name,
    String(site.records),
    listOf(site.classes),
    String(site.duplicates),
    String(site.leftOut),
    listOf(site.missing),
  ]);
  const total = ['all', String(records), listOf(classes), '', String(leftOut), ''];
  return [
    formatTable(['site', 'records', 'classes', 'duplicates', 'left out', 'missing'], [...rows, total]),
    '',
    ...problems.map(({ code, message }) => `${code}: ${message}`),
    `${leftOut} rows cannot be used`,
    '',
  ].join('\n');
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');
}
