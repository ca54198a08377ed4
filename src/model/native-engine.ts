import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { messageOf } from '../base/errors.ts';
import { createModel } from './create-model.ts';
import type { Engine } from './engine.ts';
import { ModelError } from './model-error.ts';

/** Loads a module that registers the backend `tensorflow` with tfjs-core, and says its version. */
export type ImportNative = () => Promise<{ readonly version: Readonly<Record<string, string>> }>;

/**
 * The fast engine: tfjs on TensorFlow's native library, with as many threads as there are cores. Its sums come in an order
 * that depends on the machine, so a seeded run need not give the same bits elsewhere.
 * @throws ModelError `model/engine-unavailable` where the optional package or its library is missing
 */
export async function createNativeEngine(importNative: ImportNative = importTfjsNode): Promise<Engine> {
  const { version } = await load(importNative);
  return {
    name: 'native',
    version: version['tfjs-node'] ?? 'unknown',
    reproducible: false,
    createModel,
  };
}

async function load(importNative: ImportNative): ReturnType<ImportNative> {
  try {
    const library = await importNative();
    tf.enableProdMode();
    if (!(await tf.setBackend('tensorflow'))) throw new Error('the backend tensorflow did not start');
    return library;
  } catch (cause) {
    const [reason] = messageOf(cause).split('\n');
    const remedy =
      'run npm rebuild @tensorflow/tfjs-node where storage.googleapis.com can be reached, or set engine to wasm';
    throw new ModelError('model/engine-unavailable', `engine native: ${reason}; ${remedy}`, { cause });
  }
}

/** The package calls a function that Node removed in version 23. */
async function importTfjsNode(): ReturnType<ImportNative> {
  const functions: { isNullOrUndefined?: (value: unknown) => boolean } = util;
  functions.isNullOrUndefined ??= (value) => value === null || value === undefined;
  return import('@tensorflow/tfjs-node');
}
