import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { setThreadsCount, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { type Architecture, architectureSchema } from './architecture.ts';
import type { Engine } from './engine.ts';
import { registerTrainingKernels } from './kernels/training-kernels.ts';
import { ModelError } from './model-error.ts';
import { createTensorModel } from './tensor-model.ts';

let starting: Promise<void> | undefined;

/**
 * The reproducible engine: tfjs on WebAssembly, fixed SIMD, one thread. All engines of a process share one backend.
 * @throws ModelError `model/engine-unavailable`
 */
export async function createWasmEngine(): Promise<Engine> {
  starting ??= startBackend();
  await starting;
  return {
    name: 'wasm',
    version: version_wasm,
    reproducible: true,
    createModel: (architecture) => createTensorModel(checked(architecture)),
  };
}

async function startBackend(): Promise<void> {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(entry)}${sep}`);
  setThreadsCount(1);
  tf.enableProdMode();
  registerTrainingKernels();
  if (!(await tf.setBackend('wasm'))) {
    throw new ModelError('model/engine-unavailable', 'engine: tfjs-backend-wasm did not start; run npm ci again');
  }
  await tf.ready();
}

function checked(architecture: Architecture): Architecture {
  const result = architectureSchema.safeParse(architecture);
  if (result.success) return result.data;
  const message = `architecture: ${z.prettifyError(result.error).replaceAll(/\s+/g, ' ')}`;
  throw new ModelError('model/invalid-architecture', message, { cause: result.error });
}
