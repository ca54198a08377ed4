import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from './data-error.ts';
import type { Dataset } from './dataset.ts';
import { type DemographicSource, NO_DEMOGRAPHICS } from './demographics.ts';
import { encodeRecords } from './encode-records.ts';
import { inputSpecSchema, type TableInput } from './input-spec.ts';
import { readRegularFile } from './read-file.ts';
import type { SourceRecords } from './source-record.ts';
import { countLeftOut } from './tables/bad-rows.ts';
import { heartDemographics, heartInput } from './tables/heart-input.ts';
import { parseCsv } from './tables/parse-csv.ts';
import { readTable } from './tables/read-table.ts';

/** What one hospital of a natural federation has. */
export interface Site {
  /** The table's file name without its ending. */
  readonly name: string;
  readonly data: Dataset;
  /** Rows that could not be used. */
  readonly leftOut: number;
}

/** Tables of several hospitals that describe their patients alike. */
export interface Federation {
  readonly input: TableInput;
  readonly sites: readonly Site[];
}

const TABLE = /\.(csv|data)$/;

/** The same before rows become samples. */
export interface SiteRecords extends SourceRecords {
  readonly name: string;
}

/**
 * Reads a folder with one CSV table a hospital. How its columns become inputs is said by `input.json` in the folder; the UCI heart
 * disease tables are known by their columns.
 * @throws DataError `data/missing-file` with fewer than two tables; `data/unsuitable` without a usable description; `data/bad-table`
 */
export async function readFederation(folder: string): Promise<Federation> {
  const { input, sites } = await readSites(folder);
  return {
    input,
    sites: sites.map(({ name, records, problems }) => ({
      name,
      data: encodeRecords(records, input),
      leftOut: countLeftOut(problems),
    })),
  };
}

/** What a user says of the tables, instead of what the folder says. */
export interface GivenForSites {
  /** How columns become inputs. */
  readonly input?: TableInput;
  /** Columns that sex and age are taken from. */
  readonly demographics?: DemographicSource;
}

/**
 * @throws DataError as {@link readFederation} does
 */
export async function readSites(
  folder: string,
  given: GivenForSites = {},
): Promise<{ readonly input: TableInput; readonly sites: readonly SiteRecords[] }> {
  const tables = await tablesIn(folder);
  const [first] = tables;
  if (first === undefined || tables.length < 2) {
    const reason = `holds ${tables.length} tables`;
    throw fileError('data/missing-file', folder, { reason, remedy: 'give a folder with one .csv for each hospital' });
  }
  const input = given.input ?? (await inputOf(folder, join(folder, first)));
  const source = given.demographics ?? (input === heartInput ? heartDemographics : NO_DEMOGRAPHICS);
  const sites: SiteRecords[] = [];
  for (const table of tables) {
    sites.push({ name: table.replace(TABLE, ''), ...(await readTable(join(folder, table), input, source)) });
  }
  return { input, sites };
}

/** True for a folder of tables; false for one of images and for what is no folder. */
export async function isFederation(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) return false;
  const entries = await readdir(path, { withFileTypes: true });
  return entries.every((entry) => entry.isFile()) && (await tablesIn(path)).length > 1;
}

async function tablesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => TABLE.test(name)).sort();
}

async function inputOf(folder: string, table: string): Promise<TableInput> {
  const path = join(folder, 'input.json');
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return knownInput(folder, table);
  try {
    const input = inputSpecSchema.parse(JSON.parse(text));
    if (input.kind === 'table') return input;
  } catch (cause) {
    throw fileError('data/unsuitable', path, { reason: 'describes no input', remedy: 'see docs/DATA.md', cause });
  }
  throw fileError('data/unsuitable', path, { reason: 'describes images, not tables', remedy: 'see docs/DATA.md' });
}

async function knownInput(folder: string, table: string): Promise<TableInput> {
  const { header } = parseCsv(table, await readRegularFile(table));
  const columns = [...heartInput.columns.map(({ name }) => name), heartInput.label.column];
  if (columns.every((column) => header.includes(column))) return heartInput;
  const remedy = 'put an input.json beside the tables that says what their columns mean (docs/DATA.md)';
  throw fileError('data/unsuitable', folder, { reason: 'has tables of an unknown kind', remedy });
}
