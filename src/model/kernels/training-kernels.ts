import {
  _FusedMatMul,
  BatchMatMul,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  MaxPoolGrad,
} from '@tensorflow/tfjs-core';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2dBackpropInput } from './conv2d-backprop-input.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { transposedMatMul } from './transposed-mat-mul.ts';
import { addWasmKernel, replaceWasmKernel } from './wasm-kernel.ts';

/** Registers the kernels that the wasm backend lacks or has only in a slow form; once per process, before it starts. */
export function registerTrainingKernels(): void {
  addWasmKernel(Conv2DBackpropFilter, conv2dBackpropFilter());
  replaceWasmKernel(Conv2DBackpropInput, conv2dBackpropInput);
  replaceWasmKernel(MaxPoolGrad, maxPoolGrad);
  replaceWasmKernel(BatchMatMul, transposedMatMul);
  replaceWasmKernel(_FusedMatMul, transposedMatMul);
}
