import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { setThreadsCount, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { createModel } from './create-model.ts';
import type { Engine } from './engine.ts';
import { registerTrainingKernels } from './kernels/training-kernels.ts';
import { ModelError } from './model-error.ts';

let isPrepared = false;

/**
 * The reproducible engine: tfjs on WebAssembly, fixed SIMD, one thread. A process computes on one backend, that of the
 * engine which was made last.
 * @throws ModelError `model/engine-unavailable`
 */
export async function createWasmEngine(): Promise<Engine> {
  if (!isPrepared) prepareBackend();
  if (!(await tf.setBackend('wasm'))) {
    throw new ModelError('model/engine-unavailable', 'engine: tfjs-backend-wasm did not start; run npm ci again');
  }
  return {
    name: 'wasm',
    version: version_wasm,
    reproducible: true,
    createModel,
  };
}

function prepareBackend(): void {
  isPrepared = true;
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(entry)}${sep}`);
  setThreadsCount(1);
  tf.enableProdMode();
  registerTrainingKernels();
}
