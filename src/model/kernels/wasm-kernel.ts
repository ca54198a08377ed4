import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  type Attribute,
  getKernel,
  type KernelConfig,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/** What one kernel call gets: tensors by name, settings by name, and the backend that owns the memory. */
export interface KernelCall {
  readonly backend: BackendWasm;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

export type WasmKernel = (call: KernelCall) => TensorInfo;

/** The wasm backend's kernel of that name as it is registered now. */
export function wasmKernel(name: string): WasmKernel {
  const { kernelFunc } = requireConfig(name);
  return ({ backend, inputs, attrs }) =>
    kernelFunc({ backend, inputs: { ...inputs }, attrs: attrs as Record<string, Attribute> }) as TensorInfo;
}

/** Registers a kernel that the wasm backend lacks. */
export function addWasmKernel(name: string, kernel: WasmKernel): void {
  registerKernel({ kernelName: name, backendName: 'wasm', kernelFunc: adapt(kernel) });
}

/** Puts `decorate(original)` in the place of a kernel; the original stays usable, its set-up included. */
export function replaceWasmKernel(name: string, decorate: (original: WasmKernel) => WasmKernel): void {
  const config = requireConfig(name);
  const kernelFunc = adapt(decorate(wasmKernel(name)));
  unregisterKernel(name, 'wasm');
  registerKernel({ ...config, kernelFunc });
}

/** Gives intermediate results back to the heap. */
export function release(backend: BackendWasm, ...tensors: readonly TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}

function adapt(kernel: WasmKernel): KernelConfig['kernelFunc'] {
  return ({ backend, inputs, attrs }) =>
    kernel({ backend: backend as BackendWasm, inputs: inputs as KernelCall['inputs'], attrs: attrs ?? {} });
}

function requireConfig(name: string): KernelConfig {
  const config = getKernel(name, 'wasm');
  if (!config) throw new Error(`tfjs-backend-wasm has no kernel ${name}; is its version still 4.22?`);
  return config;
}
