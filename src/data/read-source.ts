import type { Dataset } from './dataset.ts';
import { concatenate } from './dataset.ts';
import { readDigits } from './read-digits.ts';
import { readNpz } from './read-npz.ts';
import { readWdbc } from './read-wdbc.ts';

export type SourceKind = 'wdbc' | 'digits' | 'npz';

/** A data set before it is split among members. */
export interface DataSource {
  readonly kind: SourceKind;
  /** What the members' shares come from, and the common test part too where `test` is null. */
  readonly shared: Dataset;
  /** The test part that came with the data, if it has one. */
  readonly test: Dataset | null;
}

/**
 * Reads what a user names: `wdbc`, `digits`, or the path of an NPZ file in MedMNIST layout.
 * @throws DataError if there is no such file or it is not usable
 */
export async function readSource(name: string): Promise<DataSource> {
  if (name === 'wdbc') return { kind: 'wdbc', shared: await readWdbc(), test: null };
  if (name === 'digits') return { kind: 'digits', shared: await readDigits(), test: null };
  const { training, validation, test } = await readNpz(name);
  return { kind: 'npz', shared: concatenate(training, validation), test };
}
