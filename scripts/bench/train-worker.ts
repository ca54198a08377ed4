/** One measurement of `bench:train`: `train-worker.ts <engine> <net> <CPU-seconds>`. See train-task.ts. */
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { type Architecture, inputShapeOf } from '../../src/model/architecture.ts';
import { chooseEngine } from '../../src/model/choose-engine.ts';
import type { Model } from '../../src/model/engine.ts';
import type { EngineChoice } from '../../src/model/engine-choice.ts';
import type { Examples } from '../../src/model/examples.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import type { TrainingOptions } from '../../src/model/training-options.ts';
import { NETS, type TrainAnswer } from './train-task.ts';

const BATCH = 32;
const BATCHES = 8;
const OPTIONS: TrainingOptions = {
  optimiser: 'sgd',
  learningRate: 0.01,
  momentum: 0.9,
  weightDecay: 0,
  batchSize: BATCH,
  localEpochs: 1,
  classWeights: 'none',
};

function noise(architecture: Architecture): Examples {
  const inputShape = inputShapeOf(architecture);
  const width = inputShape.reduce((product, side) => product * side, 1);
  const { next } = createSeededRandom('bench:train');
  const samples = BATCH * BATCHES;
  const inputs = Float32Array.from({ length: samples * width }, next);
  return { inputs, labels: Uint8Array.from({ length: samples }, (_, i) => i % 10), samples, inputShape, classes: 10 };
}

async function trainOnce(model: Model, parameters: Float32Array, examples: Examples): Promise<Float32Array> {
  const epochs = model.train(parameters, examples, OPTIONS, { seed: 'order' });
  for (;;) {
    const step = await epochs.next();
    if (step.done) return step.value;
  }
}

function usedSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const [choice, net, seconds] = process.argv.slice(2);
const engine = await chooseEngine(choice as EngineChoice);
const architecture = NETS[net as string] as Architecture;
const model = engine.createModel(architecture);
const examples = noise(architecture);
let parameters = await trainOnce(model, initialParameters(architecture, 'start'), examples);
const start = usedSeconds();
let images = 0;
while (usedSeconds() - start < Number(seconds)) {
  parameters = await trainOnce(model, parameters, examples);
  images += examples.samples;
}
const answer: TrainAnswer = {
  version: engine.version,
  parameters: model.layout.parameterCount,
  images,
  cpuSeconds: usedSeconds() - start,
};
process.stdout.write(`${JSON.stringify(answer)}\n`);
