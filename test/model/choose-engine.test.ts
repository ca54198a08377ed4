import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { chooseEngine } from '../../src/model/choose-engine.ts';
import { cnn, train } from './small-training.ts';

/** Does what loading the native package does, with the plain backend in the library's place. */
const standIn = async () => {
  tf.copyRegisteredKernels('cpu', 'tensorflow');
  if (tf.findBackendFactory('tensorflow') === null) tf.registerBackend('tensorflow', () => new MathBackendCPU());
  return { version: { 'tfjs-node': '4.22.0' } };
};
const missing = async () => {
  throw new Error('Cannot find module');
};

test('auto takes the native library where it loads, and says that its bits are not those of other machines', async () => {
  const engine = await chooseEngine('auto', standIn);
  expect(engine).toMatchObject({ name: 'native', version: '4.22.0', reproducible: false });
  expect(tf.getBackend()).toBe('tensorflow');
});

test('auto falls back to WebAssembly where the library is missing', async () => {
  expect(await chooseEngine('auto', missing)).toMatchObject({ name: 'wasm', reproducible: true });
  expect(tf.getBackend()).toBe('wasm');
});

test('native is refused where the library is missing', async () => {
  await expect(chooseEngine('native', missing)).rejects.toMatchObject({ code: 'model/engine-unavailable' });
});

test('native is refused where the library loads but has no backend', async () => {
  tf.removeBackend('tensorflow');
  const empty = async () => ({ version: {} });
  await expect(chooseEngine('native', empty)).rejects.toMatchObject({ code: 'model/engine-unavailable' });
});

test('wasm never asks for the library', async () => {
  const forbidden = () => expect.unreachable('the library was asked for');
  expect(await chooseEngine('wasm', forbidden)).toMatchObject({ name: 'wasm' });
});

test('both engines train to the same parameters, up to rounding', async () => {
  const native = await train((await chooseEngine('native', standIn)).createModel(cnn));
  const wasm = await train((await chooseEngine('wasm')).createModel(cnn));
  const apart = native.parameters.map((value, index) => Math.abs(value - (wasm.parameters[index] as number)));
  expect(Math.max(...apart)).toBeLessThan(1e-3);
});
