import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { concatenate } from '../../data/dataset.ts';
import { readPreparedDataset } from '../../data/prepared-dataset.ts';
import { architectureSchema } from '../../model/architecture.ts';
import { initialParameters } from '../../model/initial-parameters.ts';
import { trainUnmixed } from '../../model/train-unmixed.ts';
import { pooledOptions, trainingSchema } from '../../model/training-options.ts';
import { createWasmEngine } from '../../model/wasm-engine.ts';
import { trainAlone } from '../../peer/alone/train-alone.ts';
import { parseManifest } from '../../protocol/manifest.ts';
import { usageError } from '../command-line.ts';
import { type Command, EXIT_OK } from '../run-command.ts';
import type { ReferenceScore } from './run-demo.ts';

/** Gives way to the peers, which do the real work. */
const LOW_PRIORITY = 10;

/**
 * What the demo compares with: each member alone, and all data in one place, trained for as long as the federation. A peer trains the
 * first for itself; in a demo it is done here, one after the other, and the members' pages show it from the same file. The second only the
 * demo can do, because it made the split.
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
    const peers = Array.from({ length: Number(count) }, (_, i) => join(folder, 'peers', String(i + 1)));
    const alone: (ReferenceScore | null)[] = [];
    for (const peer of peers) alone.push(await scoreAlone(peer, signal));
    const pooled = await scorePooled(folder, peers, signal);
    process.stdout.write(`${JSON.stringify({ event: 'demo.reference', alone, pooled })}\n`);
    return EXIT_OK;
  },
};

async function scoreAlone(peer: string, signal: AbortSignal): Promise<ReferenceScore | null> {
  const { attempts, chosen } = await trainAlone(peer, signal, 'wasm');
  const common = attempts[chosen ?? 0]?.points.at(-1)?.common ?? null;
  return common === null ? null : { accuracy: common.accuracy, auc: common.auc };
}

async function scorePooled(
  folder: string,
  peers: readonly string[],
  signal: AbortSignal,
): Promise<ReferenceScore | null> {
  const manifestPath = join(folder, 'manifest.json');
  const manifest = parseManifest(await readFile(manifestPath, 'utf8'), manifestPath);
  const model = (await createWasmEngine()).createModel(architectureSchema.parse(manifest.architecture));
  const [first, ...rest] = await Promise.all(peers.map((peer) => readPreparedDataset(join(peer, 'training.dataset'))));
  if (first === undefined) return null;
  const initial = initialParameters(model.architecture, manifest.initialModel.seed);
  const task = {
    initial,
    rounds: manifest.rounds,
    training: pooledOptions(trainingSchema.parse(manifest.training), peers.length),
    examples: concatenate(first, ...rest),
  };
  const last: Float32Array[] = [];
  const onRound = ({ attempt, parameters }: { attempt: number; parameters: Float32Array }): void => {
    last[attempt] = parameters;
  };
  const attempt = await trainUnmixed(model, task, { signal, onRound });
  const common = await readPreparedDataset(join(peers[0] ?? folder, 'common.dataset'));
  const { accuracy, auc } = model.evaluate(last[attempt] ?? initial, common);
  return { accuracy, auc };
}
