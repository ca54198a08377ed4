import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { concatenate } from '../../data/dataset.ts';
import { readPreparedDataset } from '../../data/prepared-dataset.ts';
import { architectureSchema } from '../../model/architecture.ts';
import type { Model } from '../../model/engine.ts';
import type { Examples } from '../../model/examples.ts';
import { initialParameters } from '../../model/initial-parameters.ts';
import { type TrainingOptions, trainingSchema } from '../../model/training-options.ts';
import { createWasmEngine } from '../../model/wasm-engine.ts';
import { parseManifest } from '../../protocol/manifest.ts';
import { usageError } from '../command-line.ts';
import { type Command, EXIT_OK } from '../run-command.ts';
import type { ReferenceScore } from './run-demo.ts';

/** Gives way to the peers, which do the real work. */
const LOW_PRIORITY = 10;

/**
 * What the demo compares with: each member alone, and all data in one place, trained for as long as the federation. Only the demo can
 * do this, because it made the split; peers never see each other's data.
 */
export const referenceCommand: Command = {
  spec: {
    usage: 'consilium demo reference <run folder> <number of peers>',
    summary: "Trains what a demo's federation is compared with: every member alone, and all data in one place.",
    positionals: true,
    options: { json: { type: 'boolean', help: 'print JSON' } },
  },
  async run(_values, [folder, count], signal) {
    if (folder === undefined || !/^\d+$/.test(count ?? ''))
      throw usageError('name the run folder and the number of peers');
    setPriority(LOW_PRIORITY);
    const manifestPath = join(folder, 'manifest.json');
    const manifest = parseManifest(await readFile(manifestPath, 'utf8'), manifestPath);
    const model = (await createWasmEngine()).createModel(architectureSchema.parse(manifest.architecture));
    const training = trainingSchema.parse(manifest.training);
    const initial = initialParameters(model.architecture, manifest.initialModel.seed);
    const peers = Array.from({ length: Number(count) }, (_, i) => join(folder, 'peers', String(i + 1)));
    const parts = await Promise.all(peers.map((peer) => readPreparedDataset(join(peer, 'training.dataset'))));
    const common = await readPreparedDataset(join(peers[0] ?? folder, 'common.dataset'));
    const score = async (examples: Examples): Promise<ReferenceScore> => {
      const trained = await trainReference(model, { initial, examples, training, rounds: manifest.rounds }, signal);
      const { accuracy, auc } = model.evaluate(trained, common);
      return { accuracy, auc };
    };
    const [first, ...rest] = parts;
    const alone = [];
    for (const part of parts) alone.push(await score(part));
    const pooled = first === undefined ? null : await score(concatenate(first, ...rest));
    process.stdout.write(`${JSON.stringify({ event: 'demo.reference', alone, pooled })}\n`);
    return EXIT_OK;
  },
};

interface ReferenceTask {
  readonly initial: Float32Array;
  readonly examples: Examples;
  readonly training: TrainingOptions;
  readonly rounds: number;
}

/** Averaging lets a federation take larger steps than one model bears: one that learned nothing tries again with smaller ones. */
const STEP_FACTORS = [1, 1 / 4, 1 / 16];

async function trainReference(model: Model, task: ReferenceTask, signal: AbortSignal): Promise<Float32Array> {
  let first: Float32Array | null = null;
  for (const factor of STEP_FACTORS) {
    const training = { ...task.training, learningRate: task.training.learningRate * factor };
    const trained = await trainFor(model, { ...task, training }, signal);
    if (!saysOneClass(model, trained, task.examples)) return trained;
    first ??= trained;
  }
  return first ?? task.initial;
}

/** True if a model gives every example the same class although there are several: it has learned nothing. */
function saysOneClass(model: Model, parameters: Float32Array, examples: Examples): boolean {
  const { probabilities } = model.evaluate(parameters, examples);
  const { classes, samples, labels } = examples;
  const said = new Set<number>();
  for (let i = 0; i < samples; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    said.add(row.indexOf(Math.max(...row)));
  }
  return said.size === 1 && new Set(labels).size > 1;
}

/** As many rounds of local epochs as the federation trains, one after the other. */
async function trainFor(model: Model, task: ReferenceTask, signal: AbortSignal): Promise<Float32Array> {
  let parameters = task.initial;
  for (let round = 0; round < task.rounds; round++) {
    const epochs = model.train(parameters, task.examples, task.training, { seed: `reference/${round}`, signal });
    for (;;) {
      const step = await epochs.next();
      if (!step.done) continue;
      parameters = step.value;
      break;
    }
  }
  return parameters;
}
