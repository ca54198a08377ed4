import type { DataError } from './data-error.ts';
import { describeRecords, type RecordsSummary } from './describe-records.ts';
import type { TableInput } from './input-spec.ts';
import type { SiteRecords } from './read-federation.ts';
import { countLeftOut } from './tables/bad-rows.ts';

/** What the tables of a federation hold, hospital by hospital. */
export interface FederationSummary {
  readonly sites: readonly SiteSummary[];
  readonly records: number;
  readonly classes: Readonly<Record<string, number>>;
  readonly leftOut: number;
  readonly problems: readonly DataError[];
}

export interface SiteSummary extends Pick<RecordsSummary, 'records' | 'patients' | 'classes' | 'duplicates'> {
  readonly name: string;
  /** Records without a usable value, by column, where there are any. */
  readonly missing: Readonly<Record<string, number>>;
  /** Rows that could not be used. */
  readonly leftOut: number;
}

export function describeFederation(sites: readonly SiteRecords[], input: TableInput): FederationSummary {
  const summaries = sites.map((site) => describeSite(site, input));
  return {
    sites: summaries,
    records: summaries.reduce((total, { records }) => total + records, 0),
    classes: describeRecords(sites.flatMap(({ records }) => records)).classes,
    leftOut: summaries.reduce((total, { leftOut }) => total + leftOut, 0),
    problems: sites.flatMap(({ problems }) => problems),
  };
}

function describeSite({ name, records, problems }: SiteRecords, { columns }: TableInput): SiteSummary {
  const { patients, classes, duplicates } = describeRecords(records);
  const missing = columns.map((column, at): [string, number] => [
    column.name,
    records.filter(({ values }) => Number.isNaN(values[at])).length,
  ]);
  return {
    name,
    records: records.length,
    patients,
    classes,
    duplicates,
    missing: Object.fromEntries(missing.filter(([, count]) => count > 0)),
    leftOut: countLeftOut(problems),
  };
}
