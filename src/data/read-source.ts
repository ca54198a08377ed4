import { stat } from 'node:fs/promises';
import type { Dataset } from './dataset.ts';
import { concatenate } from './dataset.ts';
import type { InputSpec } from './input-spec.ts';
import { readDigits } from './read-digits.ts';
import { readFederation, type Site } from './read-federation.ts';
import { readNpz } from './read-npz.ts';
import { readWdbc } from './read-wdbc.ts';

export type SourceKind = 'wdbc' | 'digits' | 'npz' | 'tables';

/** A data set before it is split among members. */
export interface DataSource {
  readonly kind: SourceKind;
  /** What the members' shares come from, and the common test part too where `test` is null. */
  readonly shared: Dataset;
  /** The test part that came with the data, if it has one. */
  readonly test: Dataset | null;
  /** The hospitals whose data they are, where the source is divided already; `shared` is then theirs, one after the other. */
  readonly sites?: readonly Site[];
  /** How their tables became inputs. */
  readonly input?: InputSpec;
}

/**
 * Reads what a user names: `wdbc`, `digits`, the path of an NPZ file in MedMNIST layout, or a folder with a table of each hospital.
 * @throws DataError if there is no such file or it is not usable
 */
export async function readSource(name: string): Promise<DataSource> {
  if (name === 'wdbc') return { kind: 'wdbc', shared: await readWdbc(), test: null };
  if (name === 'digits') return { kind: 'digits', shared: await readDigits(), test: null };
  if ((await stat(name).catch(() => null))?.isDirectory()) return fromSites(name);
  const { training, validation, test } = await readNpz(name);
  return { kind: 'npz', shared: concatenate(training, validation), test };
}

async function fromSites(folder: string): Promise<DataSource> {
  const { input, sites } = await readFederation(folder);
  const [first, ...others] = sites.map(({ data }) => data) as [Dataset, ...Dataset[]];
  return { kind: 'tables', shared: concatenate(first, ...others), test: null, sites, input };
}
