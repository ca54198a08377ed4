import { stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { type DataError, fileError } from './data-error.ts';
import {
  type DemographicSource,
  type Demographics,
  DICOM_HEADER,
  NO_DEMOGRAPHICS,
  noSuchSource,
} from './demographics.ts';
import type { ReadingOptions } from './images/reading-options.ts';
import type { ImageSize } from './images/resample.ts';
import { parseLabelTag } from './reader/label-tag.ts';
import { listFiles } from './reader/list-files.ts';
import { type ReadFile, readInProcesses } from './reader/read-in-processes.ts';
import { type FileLabel, readLabelFile } from './reader/read-label-file.ts';
import { READING_LIMITS, type ReadingLimits } from './reader/reading-limits.ts';
import type { SourceRecord, SourceRecords } from './source-record.ts';

/** What a user may say about the files. */
export interface SourceOptions {
  /** CSV with the columns file, label and perhaps patient; takes precedence over the tag and over class folders. */
  readonly labelCsv?: string;
  /** DICOM tag whose value is the label, for instance (0008,103e). Without a CSV or a tag, the first folder on the way to a file is its class. */
  readonly labelTag?: string;
  /** Where sex and age are found; default nowhere. */
  readonly demographics?: DemographicSource;
  /** Default `file`; see {@link ReadingOptions.window}. */
  readonly window?: ReadingOptions['window'];
  /** Default `all`. */
  readonly frames?: ReadingOptions['frames'];
  /** Default `refuse`. */
  readonly burnedIn?: ReadingOptions['burnedIn'];
  /** Brings all images to one size as they are read, which large sets need; by default they keep their own. */
  readonly size?: ImageSize;
  readonly limits?: ReadingLimits;
  /** Called after every file. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** The table of contents of a DICOM disc. */
const DIRECTORY = /(^|\/)DICOMDIR$/;

const NO_LABELS = { labels: null, problems: [] } as const;

/** How labels are found: by file, or `null` for what the file says itself. */
type Labels = (file: string) => FileLabel | null | undefined;

/**
 * Reads the images that lie at a path: a folder of DICOM, PNG, JPEG or NIfTI files, or one file of these, or an NPZ file in MedMNIST
 * layout. Files are told apart by their first bytes, and read in processes of their own, within limits. Whatever is wrong with a
 * file is listed, and the others are read.
 * @throws DataError if the path or the CSV cannot be read, an option cannot be followed, or all images together are too large
 */
export async function readSourceRecords(path: string, options: SourceOptions = {}): Promise<SourceRecords> {
  const labelTag = options.labelTag === undefined ? null : parseLabelTag(options.labelTag);
  const source = options.demographics ?? NO_DEMOGRAPHICS;
  if (options.labelCsv === undefined && namesColumn(source)) throw noSuchSource(source, 'a folder without a label CSV');
  const { folder, files } = await filesAt(path, options.labelCsv);
  const { labels: table, problems } =
    options.labelCsv === undefined ? NO_LABELS : await readLabelFile(options.labelCsv, source);
  const labelOf = labelsBy(table, labelTag);
  const [known, unknown] = partition(files, (file) => labelOf(file) !== undefined);
  const read = await readInProcesses(
    known.map((file) => join(folder, file)),
    {
      options: readingOptions(options, labelTag),
      limits: options.limits ?? READING_LIMITS,
      onFile: (done) => options.onProgress?.({ done, total: known.length }),
    },
  );
  const outcomes = read.map((file, index) => toRecords(file, known[index] as string, { labelOf, source }));
  return {
    records: outcomes.flatMap(({ records }) => records),
    problems: [
      ...problems,
      ...outcomes.flatMap(({ problem }) => problem ?? []),
      ...unknown.map((file) => noLabel(file)),
      ...missing(files, table),
    ],
  };
}

async function filesAt(path: string, labelCsv: string | undefined): Promise<{ folder: string; files: string[] }> {
  const found = await stat(path).catch(() => null);
  // Whatever cannot be looked at is listed as a file, and the reader says what is wrong with it.
  if (!found?.isDirectory()) return { folder: join(path, '..'), files: [basename(path)] };
  const table = labelCsv === undefined ? null : relative(resolve(path), resolve(labelCsv));
  return { folder: path, files: (await listFiles(path)).filter((file) => file !== table && !DIRECTORY.test(file)) };
}

function readingOptions(options: SourceOptions, labelTag: string | null): ReadingOptions {
  const { window = 'file', frames = 'all', burnedIn = 'refuse', size = null, demographics } = options;
  return { labelTag, window, frames, burnedIn, size, demographics: headersOf(demographics).length > 0 };
}

/** Which of the two the header of DICOM files tells. */
const headersOf = (source: DemographicSource = NO_DEMOGRAPHICS): ('sex' | 'age')[] =>
  (['sex', 'age'] as const).filter((each) => source[each]?.column === DICOM_HEADER);

const namesColumn = ({ sex, age }: DemographicSource): boolean =>
  [sex, age].some((each) => each !== null && each.column !== DICOM_HEADER);

/** Undefined is a file that nothing is known of; null one that says its label itself. */
function labelsBy(table: ReadonlyMap<string, FileLabel> | null, labelTag: string | null): Labels {
  if (table) return (file) => table.get(file);
  if (labelTag !== null) return () => null;
  return (file) => {
    const [folder = '', ...rest] = file.split('/');
    return rest.length === 0 ? null : { label: folder, patient: null };
  };
}

function partition(files: readonly string[], isFirst: (file: string) => boolean): [string[], string[]] {
  return [files.filter((file) => isFirst(file)), files.filter((file) => !isFirst(file))];
}

function toRecords(
  { patient, parts, problem, demographics }: ReadFile,
  file: string,
  { labelOf, source }: { readonly labelOf: Labels; readonly source: DemographicSource },
): { records: SourceRecord[]; problem: DataError | null } {
  const given = labelOf(file);
  const person = personOf(source, { table: given?.demographics, header: demographics });
  const records: SourceRecord[] = [];
  for (const { part, label: own, values, shape } of parts) {
    const label = given?.label ?? own;
    if (!label) return { records: [], problem: noLabel(file) };
    records.push({
      place: part === null ? file : `${file} ${part}`,
      patient: given?.patient ?? patient,
      label,
      ...person,
      values,
      shape,
    });
  }
  return { records, problem };
}

/** Each of the two from where the member says that it is found. */
function personOf(
  { sex, age }: DemographicSource,
  told: { readonly table: Demographics | undefined; readonly header: Demographics | undefined },
): { demographics?: Demographics } {
  if (sex === null && age === null) return {};
  const tellerOf = (each: { readonly column: string } | null): Demographics | undefined =>
    each?.column === DICOM_HEADER ? told.header : told.table;
  return {
    demographics: {
      sex: sex === null ? null : (tellerOf(sex)?.sex ?? null),
      ageYears: age === null ? null : (tellerOf(age)?.ageYears ?? null),
    },
  };
}

function noLabel(file: string): DataError {
  const remedy = 'name it in the CSV, give a DICOM tag, or sort files into one folder a class';
  return fileError('data/no-label', file, { reason: 'has no label', remedy });
}

function missing(files: readonly string[], table: ReadonlyMap<string, FileLabel> | null): DataError[] {
  const present = new Set(files);
  const absent = [...(table?.keys() ?? [])].filter((file) => !present.has(file));
  const remedy = 'correct the CSV or add the file';
  return absent.map((file) =>
    fileError('data/missing-file', file, { reason: 'is named in the CSV but is not there', remedy }),
  );
}
