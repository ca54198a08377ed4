/** In-process federated averaging, to choose defaults and to show what joining is worth. Run with --help. */
import { parseArgs } from 'node:util';
import { isConsiliumError } from '../src/base/errors.ts';
import { concatenate, type Dataset } from '../src/data/dataset.ts';
import { readSource } from '../src/data/read-source.ts';
import { splitFederation } from '../src/data/split.ts';
import { defaultTraining } from '../src/model/default-training.ts';
import type { Evaluation, Model } from '../src/model/engine.ts';
import { initialParameters } from '../src/model/initial-parameters.ts';
import { pooledOptions, replaceOptions, type TrainingOptions } from '../src/model/training-options.ts';
import { createWasmEngine } from '../src/model/wasm-engine.ts';

const HELP = `usage: simulate-federation [options]
  --dataset NAME   wdbc, digits, an NPZ file in MedMNIST layout, or a folder with a table of each hospital (wdbc)
  --peers N        members of the federation (5, or the hospitals of a folder)
  --rounds N       rounds of federated averaging (the data set's default)
  --alpha A        Dirichlet label skew, above 0, or Infinity (0.3; 0.5 for NPZ)
  --seed LIST      seeds, comma-separated (1)
  --training JSON  training options that replace defaults, for instance '{"learningRate":0.1}'
  --verbose        the federated model after every round
  --federated-only skip the comparison with training alone and with pooled data
  --help`;

const { values } = parseArgs({
  options: {
    dataset: { type: 'string', default: 'wdbc' },
    peers: { type: 'string', default: '5' },
    rounds: { type: 'string' },
    alpha: { type: 'string' },
    seed: { type: 'string', default: '1' },
    training: { type: 'string', default: '{}' },
    verbose: { type: 'boolean', default: false },
    'federated-only': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

interface Simulation {
  readonly model: Model;
  readonly training: TrainingOptions;
  readonly rounds: number;
  readonly seed: string;
}

async function trainRound(simulation: Simulation, parameters: Float32Array, data: Dataset, name: string) {
  const run = { seed: `${simulation.seed}/${name}` };
  const epochs = simulation.model.train(parameters, data, simulation.training, run);
  for (;;) {
    const step = await epochs.next();
    if (step.done) return step.value;
  }
}

async function trainAlone(simulation: Simulation, data: Dataset, name: string): Promise<Float32Array> {
  let parameters = initialParameters(simulation.model.architecture, simulation.seed);
  for (let round = 0; round < simulation.rounds; round++) {
    parameters = await trainRound(simulation, parameters, data, `${name}/${round}`);
  }
  return parameters;
}

/** The mean of the members' parameters, weighted by their samples. */
function average(updates: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float64Array((updates[0] as Float32Array).length);
  updates.forEach((update, member) => {
    const share = (weights[member] as number) / total;
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] as number) + share * (update[i] as number);
  });
  return Float32Array.from(mean);
}

async function federate(simulation: Simulation, shares: readonly Dataset[], test: Dataset): Promise<Evaluation> {
  let parameters = initialParameters(simulation.model.architecture, simulation.seed);
  for (let round = 0; round < simulation.rounds; round++) {
    const updates: Float32Array[] = [];
    for (const [member, share] of shares.entries()) {
      updates.push(await trainRound(simulation, parameters, share, `${member}/${round}`));
    }
    parameters = average(
      updates,
      shares.map(({ samples }) => samples),
    );
    if (values.verbose) console.log(`  round ${round + 1}: ${describe(simulation.model.evaluate(parameters, test))}`);
  }
  return simulation.model.evaluate(parameters, test);
}

function describe({ accuracy, auc, loss }: Evaluation): string {
  return `accuracy ${accuracy?.toFixed(4) ?? 'none'} AUC ${auc?.toFixed(4) ?? 'none'} loss ${loss.toFixed(4)}`;
}

async function simulate(seed: string): Promise<void> {
  const source = await readSource(values.dataset);
  const defaults = defaultTraining(source.kind, source.shared);
  const alpha = Number(values.alpha ?? (source.kind === 'npz' ? 0.5 : 0.3));
  const { test, members } = splitFederation(source, {
    members: source.sites?.length ?? Number(values.peers),
    alpha,
    seed,
  });
  const shares = members.map(({ training }) => training);
  const engine = await createWasmEngine();
  const training = replaceOptions(defaults.training, JSON.parse(values.training));
  const rounds = Number(values.rounds ?? defaults.rounds);
  const simulation = { model: engine.createModel(defaults.architecture), training, rounds, seed };

  const start = process.cpuUsage();
  const federated = await federate(simulation, shares, test);
  const { user, system } = process.cpuUsage(start);
  console.log(`seed ${seed}: federated ${describe(federated)} (${((user + system) / 1e6).toFixed(1)} CPU-seconds)`);
  if (values['federated-only']) return;
  let aloneSum = 0;
  for (const [member, share] of shares.entries()) {
    const evaluation = simulation.model.evaluate(await trainAlone(simulation, share, `${member}`), test);
    aloneSum += (evaluation.accuracy ?? Number.NaN) / shares.length;
  }
  const [first, ...others] = shares as [Dataset, ...Dataset[]];
  const inOnePlace = { ...simulation, training: pooledOptions(training, shares.length) };
  const pooled = simulation.model.evaluate(await trainAlone(inOnePlace, concatenate(first, ...others), 'pooled'), test);
  console.log(`seed ${seed}: alone, mean accuracy ${aloneSum.toFixed(4)}; pooled ${describe(pooled)}`);
}

try {
  if (values.help) console.log(HELP);
  else for (const seed of values.seed.split(',')) await simulate(seed);
} catch (thrown) {
  if (!isConsiliumError(thrown)) throw thrown;
  console.error(`${thrown.code}: ${thrown.message}`);
  process.exitCode = 1;
}
