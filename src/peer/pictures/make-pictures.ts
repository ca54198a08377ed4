import { setImmediate as giveWay } from 'node:timers/promises';
import type { Hex } from '../../base/bytes.ts';
import { createSeededRandom } from '../../base/seeded-random.ts';
import { type Dataset, subset } from '../../data/dataset.ts';
import { calibrationOf } from '../../model/calibration.ts';
import { confusionMatrix } from '../../model/confusion-matrix.ts';
import { mostProbable } from '../../model/count-correct.ts';
import type { Model } from '../../model/engine.ts';
import type { MemberPictures } from '../member-pictures.ts';
import { compareParts, type DrawnPart } from './compare-parts.ts';
import { showExamples } from './show-examples.ts';

/** Records of a part that are looked at: enough for shares to within some percent, few beside what a round trains on. */
const MOST_DRAWN = 300;
const MOST_EXAMPLES = 6;
/** Between two of these the peer does its other work. */
const RECORDS_AT_ONCE = 16;

export interface PictureTask {
  readonly study: Hex;
  readonly round: number;
  readonly model: Model;
  readonly parameters: Float32Array;
  readonly training: Dataset;
  readonly heldOut: Dataset;
  /** One for each input of a record, where they have names. */
  readonly inputNames: readonly string[] | null;
}

/**
 * What a member is shown of its own records with these parameters. The records are the same in each round.
 * @throws ModelError as the model does; the signal's reason if it aborts
 */
export async function makePictures(task: PictureTask, signal: AbortSignal): Promise<MemberPictures> {
  const { study, round, model, parameters } = task;
  const draw = async (part: Dataset, label: string): Promise<DrawnPart> => {
    const data = drawRecords(part, study, label);
    return { data, outputs: await outputsOf(model, parameters, data, signal) };
  };
  const training = await draw(task.training, 'training');
  const heldOut = await draw(task.heldOut, 'held-out');
  const { data, outputs } = heldOut;
  const isClassifier = model.architecture.kind !== 'cox';
  const chosen = spreadOverClasses(data, MOST_EXAMPLES);
  const predicted = chosen.map((at) =>
    isClassifier ? mostProbable(outputs.subarray(at * data.classes, (at + 1) * data.classes)) : null,
  );
  const shown = chosen.map((at, i) => ({
    truth: data.labels[at] ?? 0,
    predicted: predicted[i] ?? null,
    probability: predicted[i] == null ? null : (outputs[at * data.classes + predicted[i]] ?? null),
  }));
  const records = subset(data, chosen);
  const slopes = model.inputGradient(
    parameters,
    records,
    Uint8Array.from(predicted, (each) => each ?? 0),
  );
  await giveWay();
  return {
    type: 'consilium/pictures/1',
    study,
    round,
    classNames: [...data.classNames],
    training: { records: task.training.samples, drawn: training.data.samples },
    heldOut: { records: task.heldOut.samples, drawn: data.samples },
    examples: showExamples({ records, slopes, shown, inputNames: task.inputNames }),
    confusion: isClassifier ? confusionMatrix(outputs, data.labels, data.classes) : null,
    calibration: isClassifier ? mutable(calibrationOf(outputs, data.labels, data.classes)) : null,
    drift: await compareParts(training, heldOut, { isClassifier, inputNames: task.inputNames, seed: study }),
  };
}

const mutable = ({ error, brier, bins }: ReturnType<typeof calibrationOf>) => ({ error, brier, bins: [...bins] });

/** The same ones each time, so that a member sees the model change and not the records. */
function drawRecords(part: Dataset, study: Hex, label: string): Dataset {
  const order = createSeededRandom(study, `pictures/${label}`).shuffle(
    Array.from({ length: part.samples }, (_, i) => i),
  );
  return subset(part, order.slice(0, MOST_DRAWN));
}

/**
 * Class probabilities, record after record; of a Cox model the log risks.
 * @throws the signal's reason if it aborts
 */
async function outputsOf(
  model: Model,
  parameters: Float32Array,
  data: Dataset,
  signal: AbortSignal,
): Promise<Float32Array> {
  const isClassifier = model.architecture.kind !== 'cox';
  const width = isClassifier ? data.classes : 1;
  const outputs = new Float32Array(data.samples * width);
  for (let from = 0; from < data.samples; from += RECORDS_AT_ONCE) {
    const to = Math.min(data.samples, from + RECORDS_AT_ONCE);
    const some = subset(
      data,
      Array.from({ length: to - from }, (_, i) => from + i),
    );
    const values = isClassifier ? model.evaluate(parameters, some).probabilities : logRisksOf(model, parameters, some);
    outputs.set(values, from * width);
    await giveWay();
    signal.throwIfAborted();
  }
  return outputs;
}

/** A Cox model is linear without a constant: its log risk is the inputs times their slopes. */
function logRisksOf(model: Model, parameters: Float32Array, data: Dataset): Float32Array {
  const slopes = model.inputGradient(parameters, data, new Uint8Array(data.samples));
  const width = slopes.length / data.samples;
  return Float32Array.from({ length: data.samples }, (_, sample) => {
    let sum = 0;
    for (let i = sample * width; i < (sample + 1) * width; i++)
      sum += (slopes[i] as number) * (data.inputs[i] as number);
    return sum;
  });
}

/** Indices of records, one class after the other in turn, as long as there are any. */
function spreadOverClasses({ labels, classes }: Dataset, most: number): number[] {
  const byClass = Array.from({ length: classes }, (_, index) =>
    [...labels.keys()].filter((sample) => labels[sample] === index),
  );
  const longest = Math.max(...byClass.map(({ length }) => length));
  const turns = Array.from({ length: longest }, (_, turn) => byClass.flatMap((samples) => samples[turn] ?? []));
  return turns.flat().slice(0, most);
}
