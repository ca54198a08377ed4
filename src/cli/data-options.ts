import { readFile } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import type { DemographicSource } from '../data/demographics.ts';
import { type InputSpec, inputSpecSchema } from '../data/input-spec.ts';
import type { SourceOptions } from '../data/read-source-records.ts';
import { type OptionSpec, type OptionValues, usageError } from './command-line.ts';

/** How a member's files are read; the same for `data check` and `data split`. */
export const DATA_OPTIONS = {
  'label-csv': {
    type: 'string',
    value: '<file>',
    help: 'CSV with the columns file, label and perhaps patient; else the folder that a file lies in is its class',
  },
  'label-tag': { type: 'string', value: '<tag>', help: 'DICOM tag whose value is the class, for instance (0008,103e)' },
  sex: {
    type: 'string',
    value: '<column>',
    help: 'column of the table or label CSV with the sex (F, M, O), or dicom; for figures by group, never an input',
  },
  'sex-codes': {
    type: 'string',
    value: '<f,m>',
    help: 'what that column writes for female and male, for instance 0,1',
  },
  age: { type: 'string', value: '<column>', help: 'column with the age in years, or dicom' },
  window: {
    type: 'string',
    value: '<name|c,w>',
    help: 'grey values: file (as it says), range (smallest to largest), or centre,width',
    default: 'file',
  },
  frames: {
    type: 'string',
    value: '<which>',
    help: 'frames or slices that become samples: all, middle, or a number from 0',
    default: 'all',
  },
  'burned-in': {
    type: 'string',
    value: '<policy>',
    help: 'images with text in the pixels: refuse, blank or ignore',
    default: 'refuse',
  },
} as const satisfies Record<string, OptionSpec>;

/** @throws ConsiliumError `cli/usage` */
export function readDataOptions(values: OptionValues): Omit<SourceOptions, 'size'> {
  return {
    ...(typeof values['label-csv'] === 'string' ? { labelCsv: values['label-csv'] } : {}),
    ...(typeof values['label-tag'] === 'string' ? { labelTag: values['label-tag'] } : {}),
    ...demographicsIn(values),
    window: windowOf(String(values.window)),
    frames: framesOf(String(values.frames)),
    burnedIn: policyOf(String(values['burned-in'])),
    ...(values.json === true ? {} : { onProgress: tellProgress }),
  };
}

/**
 * Where sex and age are found; nothing if the options do not say.
 * @throws ConsiliumError `cli/usage`
 */
export function demographicsIn(values: OptionValues): { demographics?: DemographicSource } {
  const { sex, age, 'sex-codes': codes } = values;
  const [female = '', male = '', ...more] = String(codes ?? 'F,M').split(',');
  if (female === '' || male === '' || more.length > 0) {
    throw usageError(`--sex-codes ${codes}: give what stands for female and male, for instance 0,1`);
  }
  if (codes !== undefined && sex === undefined) throw usageError('--sex-codes needs --sex; see --help');
  if (sex === undefined && age === undefined) return {};
  return {
    demographics: {
      sex: typeof sex === 'string' ? { column: sex, female, male } : null,
      age: typeof age === 'string' ? { column: age } : null,
    },
  };
}

/**
 * The input that a file describes: a manifest, or the description alone.
 * @throws ConsiliumError `cli/usage`
 */
export async function readInputSpec(path: string): Promise<InputSpec> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    const isManifest = typeof value === 'object' && value !== null && 'input' in value;
    return inputSpecSchema.parse(isManifest ? value.input : value);
  } catch (cause) {
    throw usageError(`${path} describes no study's input (${firstLine(cause)}); docs/DATA.md says how it looks`, cause);
  }
}

function firstLine(cause: unknown): string {
  return cause instanceof Error && cause.name === 'ZodError' ? 'not as the schema wants it' : messageOf(cause);
}

function windowOf(text: string): NonNullable<SourceOptions['window']> {
  if (text === 'file' || text === 'range') return text;
  const [centre = Number.NaN, width = Number.NaN] = text.split(',').map(Number);
  if (/^-?[\d.]+,[\d.]+$/.test(text) && width > 0) return { centre, width };
  throw usageError(`--window ${text}: give file, range, or centre and width, for instance 40,400`);
}

function framesOf(text: string): NonNullable<SourceOptions['frames']> {
  if (text === 'all' || text === 'middle') return text;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw usageError(`--frames ${text}: give all, middle, or a whole number from 0`);
}

function policyOf(text: string): NonNullable<SourceOptions['burnedIn']> {
  const policy = (['refuse', 'blank', 'ignore'] as const).find((each) => each === text);
  if (policy !== undefined) return policy;
  throw usageError(`--burned-in ${text}: give one of refuse, blank, ignore`);
}

/** How often progress is told, in parts of the whole. */
const PROGRESS_STEPS = 20;
/** Fewer files are read before anyone wonders. */
const MIN_TOLD_FILES = 100;

function tellProgress({ done, total }: { readonly done: number; readonly total: number }): void {
  const step = Math.max(1, Math.floor(total / PROGRESS_STEPS));
  if (total >= MIN_TOLD_FILES && (done % step === 0 || done === total))
    process.stderr.write(`${done} of ${total} files\n`);
}
