import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Hex } from '../base/bytes.ts';
import type { Dataset } from '../data/dataset.ts';
import { chooseEngine } from '../model/choose-engine.ts';
import type { Embedding, Model } from '../model/engine.ts';
import { joinSegments } from '../protocol/segments.ts';
import { knnShapley, type LabelledPoints } from '../valuation/knn-shapley.ts';
import { standardise } from '../valuation/standardise.ts';
import { loadBase } from './base-model.ts';
import { createBlobStore } from './blob-store.ts';
import { dataFolder } from './data-folder.ts';
import { PeerError } from './peer-error.ts';
import { openPeerStore } from './peer-store.ts';
import type { Progress } from './progress.ts';
import { readMemberData } from './read-member-data.ts';
import { readMemberTerms } from './read-member-terms.ts';

/** Held-out records between two looks at the signal. */
const JUDGES_A_TURN = 16;

export interface RecordValuation {
  /** The member's training part, in the order of `values`. */
  readonly training: Dataset;
  /** What each of its records is worth; they sum to `worth`. */
  readonly values: Float64Array;
  /** Mean share of the nearest records' votes that name the class of a held-out record, 0 … 1. */
  readonly worth: number;
  readonly heldOutSamples: number;
  /** The layer that records were compared by; null where it is the input. */
  readonly layer: string | null;
  /** Numbers by which two records were compared. */
  readonly width: number;
  /** The model; `round` is how many rounds are in it. */
  readonly model: { readonly round: number; readonly digest: Hex };
}

export interface ValuationRun {
  /** How many of the nearest records vote. */
  readonly neighbours: number;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Values a member's training records by KNN-Shapley on the embedding of the newest model in its data folder, as its held-out records
 * judge it. A table that a model without hidden layers reads is compared by its inputs, standardised. Opens no key, writes nothing and
 * talks to nobody.
 * @throws PeerError `peer/no-model`, `peer/data-unsuitable` for a study of survival, `peer/store-locked` while a peer runs,
 *   `peer/config-invalid`, `peer/data-folder-invalid`; DataError; ModelError
 */
export async function valueRecords(path: string, run: ValuationRun): Promise<RecordValuation> {
  const { config, architecture, input, files } = await readMemberTerms(path);
  if (architecture.kind === 'cox') {
    const reason =
      'a study of survival has no classes that neighbours could name; records of classifying studies are valued';
    throw new PeerError('peer/data-unsuitable', reason);
  }
  const progress = newestModel(path);
  const { training, heldOut } = await readMemberData({ ...files, common: null }, { architecture, input });
  const parameters = joinSegments(await loadBase(createBlobStore(dataFolder(path).blobs), progress));
  const model = (await chooseEngine(config.engine)).createModel(architecture);
  const { points, embedding } = compare(model, parameters, { training, heldOut });
  const values = await accumulate(points, run);
  return {
    training,
    values,
    worth: values.reduce((sum, value) => sum + value, 0),
    heldOutSamples: heldOut.samples,
    layer: embedding.layer,
    width: embedding.width,
    model: { round: progress.round, digest: progress.base },
  };
}

/** @throws PeerError `peer/no-model`, `peer/store-locked` */
function newestModel(path: string): Progress {
  const { database } = dataFolder(path);
  const progress = existsSync(database) ? readProgress(database) : null;
  if (progress !== null && progress.round > 0) return progress;
  throw new PeerError(
    'peer/no-model',
    `${path} holds no trained model yet; run its peer through a round at least, and stop it`,
  );
}

function readProgress(database: string): Progress | null {
  const store = openPeerStore(database, { readOnly: true });
  try {
    return store.progress();
  } finally {
    store.close();
  }
}

type Parts<T> = { readonly training: T; readonly heldOut: T };

function compare(
  model: Model,
  parameters: Float32Array,
  { training, heldOut }: Parts<Dataset>,
): { points: Parts<LabelledPoints>; embedding: Embedding } {
  const embedding = model.embed(parameters, training);
  const judges = model.embed(parameters, heldOut);
  const points: [LabelledPoints, LabelledPoints] = [
    { ...embedding, labels: training.labels },
    { ...judges, labels: heldOut.labels },
  ];
  const isTable = embedding.layer === null && training.inputShape.length === 1;
  const [own, others] = isTable ? standardise(...points) : points;
  return { points: { training: own, heldOut: others }, embedding };
}

/** A few held-out records at a time: values are means over them, and a user must be able to interrupt. */
async function accumulate({ training, heldOut }: Parts<LabelledPoints>, run: ValuationRun): Promise<Float64Array> {
  const values = new Float64Array(training.labels.length);
  const total = heldOut.labels.length;
  for (let start = 0; start < total; start += JUDGES_A_TURN) {
    const judges = slice(heldOut, start, Math.min(start + JUDGES_A_TURN, total));
    const share = judges.labels.length / total;
    for (const [record, value] of knnShapley(training, judges, run.neighbours).entries()) {
      values[record] = (values[record] as number) + share * value;
    }
    run.onProgress(Math.min(start + JUDGES_A_TURN, total), total);
    await setImmediate();
    run.signal.throwIfAborted();
  }
  return values;
}

function slice({ values, width, labels }: LabelledPoints, start: number, end: number): LabelledPoints {
  return { values: values.subarray(start * width, end * width), width, labels: labels.subarray(start, end) };
}
