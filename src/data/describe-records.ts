import { crossesParts, findDuplicates } from './find-duplicates.ts';
import type { SourceRecord } from './source-record.ts';

/** What a member's records are, in numbers; for the member's own eyes. */
export interface RecordsSummary {
  readonly records: number;
  /** How many patients they are of; null if the files do not say for every record. */
  readonly patients: number | null;
  /** Records by class, in the order of the class names. */
  readonly classes: Readonly<Record<string, number>>;
  /** Records by shape, as in `28 × 28 × 1`. */
  readonly shapes: Readonly<Record<string, number>>;
  /** Records by sex and by age in decades, `unknown` among them; null if nothing is known of any. */
  readonly sexes: Readonly<Record<string, number>> | null;
  readonly ages: Readonly<Record<string, number>> | null;
  /** Samples that are there more than once, bit for bit. */
  readonly duplicates: number;
  /** Those of them that lie in two parts of one file, as in its training and test part. */
  readonly duplicatesAcrossParts: number;
}

/** The part of an archive that a record lies in; elsewhere there is one part only. */
const PART = / (train|val|test) \d+$/;

export function describeRecords(records: readonly SourceRecord[]): RecordsSummary {
  const patients = records.map(({ patient }) => patient);
  const duplicates = [...Map.groupBy(records, ({ shape }) => shape.join()).values()].flatMap(duplicatesIn);
  return {
    records: records.length,
    patients: patients.includes(null) ? null : new Set(patients).size,
    classes: countBy(records, ({ label }) => label),
    shapes: countBy(records, ({ shape }) => shape.join(' × ')),
    sexes: knownCounts(records, ({ demographics }) => demographics?.sex ?? null),
    ages: knownCounts(records, ({ demographics }) => decadeOf(demographics?.ageYears ?? null)),
    duplicates: duplicates.length,
    duplicatesAcrossParts: duplicates.filter(crossesParts).length,
  };
}

function knownCounts(
  records: readonly SourceRecord[],
  nameOf: (record: SourceRecord) => string | null,
): Record<string, number> | null {
  const names = records.map(nameOf);
  if (names.every((name) => name === null)) return null;
  return countBy(records, (record) => nameOf(record) ?? 'unknown');
}

function decadeOf(years: number | null): string | null {
  if (years === null) return null;
  const start = Math.floor(years / 10) * 10;
  return `${start}-${start + 9}`;
}

function duplicatesIn(records: readonly SourceRecord[]) {
  const parts = Map.groupBy(records, ({ place }) => PART.exec(place)?.[1] ?? '');
  return findDuplicates([...parts].map(([name, each]) => ({ name, rows: each.map(({ values }) => values) })));
}

function countBy(records: readonly SourceRecord[], nameOf: (record: SourceRecord) => string): Record<string, number> {
  const groups = [...Map.groupBy(records, nameOf)].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  return Object.fromEntries(groups.map(([name, each]) => [name, each.length]));
}
