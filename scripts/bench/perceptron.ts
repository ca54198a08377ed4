import type { SeededRandom } from '../../src/base/seeded-random.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { calibratedPriors } from '../../src/model/class-balance.ts';

/** One hidden layer of rectified units: enough of a network to show what an attack does, and small enough to train a thousand times. */
export interface Perceptron {
  readonly inputs: number;
  readonly hidden: number;
  readonly classes: number;
}

/** Labelled rows; `inputs` holds `labels.length` rows. */
export interface Samples {
  readonly inputs: Float32Array;
  readonly labels: Uint8Array;
}

/** Some of the rows, in the order given. */
export function selectRows({ inputs, labels }: Pick<Dataset, 'inputs' | 'labels'>, rows: readonly number[]): Samples {
  const width = inputs.length / labels.length;
  const chosen = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) chosen.set(inputs.subarray(row * width, (row + 1) * width), i * width);
  return { inputs: chosen, labels: Uint8Array.from(rows, (row) => labels[row] as number) };
}

/** Where weights and biases lie in the flat vector of parameters. */
function offsets({ inputs, hidden, classes }: Perceptron) {
  const hiddenBias = inputs * hidden;
  const output = hiddenBias + hidden;
  const outputBias = output + hidden * classes;
  return { hiddenBias, output, outputBias, length: outputBias + classes };
}

export function initialVector(network: Perceptron, random: SeededRandom): Float32Array {
  const { hiddenBias, output, outputBias, length } = offsets(network);
  const vector = new Float32Array(length);
  const fill = (start: number, end: number, bound: number): void => {
    for (let k = start; k < end; k++) vector[k] = (2 * random.next() - 1) * bound;
  };
  fill(0, hiddenBias, Math.sqrt(6 / network.inputs));
  fill(output, outputBias, Math.sqrt(6 / (network.hidden + network.classes)));
  return vector;
}

/** Hidden activations and class probabilities of one row. */
interface Activations {
  readonly hidden: Float64Array;
  readonly output: Float64Array;
  /** Added to the scores of the classes. */
  readonly priors: Float64Array;
}

function forward(network: Perceptron, vector: Float32Array, row: Float32Array, into: Activations): void {
  const { hiddenBias, output, outputBias } = offsets(network);
  const { hidden: width, classes } = network;
  const { hidden, output: scores } = into;
  for (let h = 0; h < width; h++) hidden[h] = vector[hiddenBias + h] as number;
  for (let i = 0; i < network.inputs; i++) {
    const value = row[i] as number;
    if (value === 0) continue;
    const place = i * width;
    for (let h = 0; h < width; h++) hidden[h] = (hidden[h] as number) + value * (vector[place + h] as number);
  }
  for (let c = 0; c < classes; c++) scores[c] = vector[outputBias + c] as number;
  for (let h = 0; h < width; h++) {
    const value = Math.max(0, hidden[h] as number);
    hidden[h] = value;
    if (value === 0) continue;
    const place = output + h * classes;
    for (let c = 0; c < classes; c++) scores[c] = (scores[c] as number) + value * (vector[place + c] as number);
  }
  for (let c = 0; c < classes; c++) scores[c] = (scores[c] as number) + (into.priors[c] as number);
  softmax(scores);
}

/** Logarithms of how often each class occurs, or zeros. */
function logPriors({ classes }: Perceptron, { labels }: Samples, calibrated = false): Float64Array {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  return calibrated ? Float64Array.from(calibratedPriors(counts, labels.length), Math.log) : counts.fill(0);
}

function softmax(scores: Float64Array): void {
  let [largest, sum] = [Number.NEGATIVE_INFINITY, 0];
  for (const score of scores) largest = Math.max(largest, score);
  for (let c = 0; c < scores.length; c++) {
    const value = Math.exp((scores[c] as number) - largest);
    scores[c] = value;
    sum += value;
  }
  for (let c = 0; c < scores.length; c++) scores[c] = (scores[c] as number) / sum;
}

const activations = (
  { hidden, classes }: Perceptron,
  priors: Float64Array = new Float64Array(classes),
): Activations => ({
  hidden: new Float64Array(hidden),
  output: new Float64Array(classes),
  priors,
});

const rowOf = ({ inputs }: Samples, width: number, sample: number): Float32Array =>
  inputs.subarray(sample * width, (sample + 1) * width);

/** Adds the gradient of one row's cross-entropy. */
function addGradient(
  network: Perceptron,
  vector: Float32Array,
  gradient: Float64Array,
  { row, label, state }: { row: Float32Array; label: number; state: Activations },
): void {
  forward(network, vector, row, state);
  const { hiddenBias, output, outputBias } = offsets(network);
  const { hidden: width, classes } = network;
  const { hidden, output: errors } = state;
  errors[label] = (errors[label] as number) - 1;
  const add = (place: number, value: number): void => void (gradient[place] = (gradient[place] as number) + value);
  for (let c = 0; c < classes; c++) add(outputBias + c, errors[c] as number);
  for (let h = 0; h < width; h++) {
    const value = hidden[h] as number;
    if (value === 0) continue;
    const place = output + h * classes;
    let back = 0;
    for (let c = 0; c < classes; c++) {
      back += (errors[c] as number) * (vector[place + c] as number);
      add(place + c, value * (errors[c] as number));
    }
    hidden[h] = back;
    add(hiddenBias + h, back);
  }
  for (let i = 0; i < network.inputs; i++) {
    const value = row[i] as number;
    if (value === 0) continue;
    const place = i * width;
    for (let h = 0; h < width; h++)
      gradient[place + h] = (gradient[place + h] as number) + value * (hidden[h] as number);
  }
}

export interface LocalTraining {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly momentum: number;
  /** Whether the logarithm of the member's class frequencies is added to the scores in training, as the product's studies of images do. */
  readonly calibrated?: boolean;
}

/** Some steps of stochastic gradient descent with momentum, on rows drawn without putting back within a batch. */
export function trainLocally(
  network: Perceptron,
  from: Float32Array,
  data: Samples,
  { training, random }: { training: LocalTraining; random: SeededRandom },
): Float32Array {
  const vector = from.slice();
  const velocity = new Float64Array(vector.length);
  const gradient = new Float64Array(vector.length);
  const state = activations(network, logPriors(network, data, training.calibrated));
  const rows = Array.from({ length: data.labels.length }, (_, i) => i);
  for (let step = 0; step < training.steps; step++) {
    gradient.fill(0);
    const batch = drawBatch(rows, training.batch, random);
    for (const sample of batch) {
      const row = rowOf(data, network.inputs, sample);
      addGradient(network, vector, gradient, { row, label: data.labels[sample] as number, state });
    }
    for (let k = 0; k < vector.length; k++) {
      const speed =
        training.momentum * (velocity[k] as number) - (training.learningRate * (gradient[k] as number)) / batch.length;
      velocity[k] = speed;
      vector[k] = (vector[k] as number) + speed;
    }
  }
  return vector;
}

/** Some rows, or all if there are fewer, without putting back. @param rows reordered */
export function drawBatch(rows: number[], size: number, random: SeededRandom): number[] {
  return Array.from({ length: Math.min(size, rows.length) }, (_, k) => draw(rows, k, random));
}

/** The k-th of a shuffle that is only made as far as it is needed. */
function draw(rows: number[], k: number, random: SeededRandom): number {
  const j = k + random.integer(rows.length - k);
  const taken = rows[j] as number;
  rows[j] = rows[k] as number;
  rows[k] = taken;
  return taken;
}

/** Share of the rows whose likeliest class is the expected one. */
export function accuracyOf(network: Perceptron, vector: Float32Array, { inputs, labels }: Samples): number {
  const state = activations(network);
  let right = 0;
  for (const [sample, label] of labels.entries()) {
    forward(network, vector, rowOf({ inputs, labels }, network.inputs, sample), state);
    let best = 0;
    for (let c = 1; c < network.classes; c++)
      if ((state.output[c] as number) > (state.output[best] as number)) best = c;
    if (best === label) right++;
  }
  return right / labels.length;
}

/** Mean cross-entropy over the rows, in nats. */
export function lossOf(network: Perceptron, vector: Float32Array, data: Samples): number {
  const state = activations(network);
  let sum = 0;
  for (const [sample, label] of data.labels.entries()) {
    forward(network, vector, rowOf(data, network.inputs, sample), state);
    sum -= Math.log(Math.max(1e-12, state.output[label] as number));
  }
  return sum / data.labels.length;
}

/** Gradient of {@link lossOf} by the parameters. */
export function lossGradient(network: Perceptron, vector: Float32Array, data: Samples): Float64Array {
  const state = activations(network);
  const gradient = new Float64Array(vector.length);
  for (const [sample, label] of data.labels.entries())
    addGradient(network, vector, gradient, { row: rowOf(data, network.inputs, sample), label, state });
  return gradient.map((value) => value / data.labels.length);
}

/** The same with each class that occurs counting the same. */
export function balancedLossGradient(network: Perceptron, vector: Float32Array, data: Samples): Float64Array {
  const classes = [...new Set(data.labels)];
  const sum = new Float64Array(vector.length);
  for (const c of classes) {
    const rows = [...data.labels.keys()].filter((sample) => data.labels[sample] === c);
    const part = lossGradient(network, vector, selectRows(data, rows));
    for (const [k, value] of part.entries()) sum[k] = (sum[k] as number) + value / classes.length;
  }
  return sum;
}
