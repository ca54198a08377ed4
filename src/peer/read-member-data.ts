import { messageOf } from '../base/errors.ts';
import { checkInput } from '../data/check-input.ts';
import type { Dataset } from '../data/dataset.ts';
import type { InputSpec } from '../data/input-spec.ts';
import { readPreparedDataset } from '../data/prepared-dataset.ts';
import type { Architecture } from '../model/architecture.ts';
import { checkExamples } from '../model/examples.ts';
import { PeerError } from './peer-error.ts';

/** Where a member's prepared data lie. */
export interface DataFiles {
  readonly training: string;
  readonly heldOut: string;
  /** Null where the study has no common test part. */
  readonly common: string | null;
}

/** What the study's data must be like. */
export interface DataTerms {
  readonly architecture: Architecture;
  /** Null where the manifest says nothing of it. */
  readonly input: InputSpec | null;
}

export interface MemberData {
  readonly training: Dataset;
  readonly heldOut: Dataset;
  readonly common: Dataset | null;
}

/**
 * Reads a member's prepared data and checks that they fit the study.
 * @throws PeerError `peer/data-unsuitable`; DataError
 */
export async function readMemberData(files: DataFiles, terms: DataTerms): Promise<MemberData> {
  const data: MemberData = {
    training: await readPreparedDataset(files.training),
    heldOut: await readPreparedDataset(files.heldOut),
    common: files.common === null ? null : await readPreparedDataset(files.common),
  };
  try {
    for (const dataset of [data.training, data.heldOut, data.common]) {
      if (dataset !== null) checkDataset(dataset, terms);
    }
    return data;
  } catch (cause) {
    const reason = `the data do not fit the study: ${messageOf(cause)}; prepare them for it`;
    throw new PeerError('peer/data-unsuitable', reason, { cause });
  }
}

function checkDataset(dataset: Dataset, { architecture, input }: DataTerms): void {
  checkExamples(architecture, dataset);
  if (input !== null) checkInput(dataset, input);
}
