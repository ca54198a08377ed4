import {
  _FusedMatMul,
  BatchMatMul,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  FusedConv2D,
  FusedDepthwiseConv2D,
  MaxPoolGrad,
} from '@tensorflow/tfjs-core';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2dBackpropInput } from './conv2d-backprop-input.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-backprop.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { statedPadding } from './stated-padding.ts';
import { transposedMatMul } from './transposed-mat-mul.ts';
import { addWasmKernel, replaceWasmKernel } from './wasm-kernel.ts';

/** Registers the kernels that the wasm backend lacks or has only in a slow form; once per process, before it starts. */
export function registerTrainingKernels(): void {
  for (const name of [Conv2D, FusedConv2D]) replaceWasmKernel(name, statedPadding(false));
  for (const name of [DepthwiseConv2dNative, FusedDepthwiseConv2D]) replaceWasmKernel(name, statedPadding(true));
  addWasmKernel(Conv2DBackpropFilter, conv2dBackpropFilter());
  addWasmKernel(DepthwiseConv2dNativeBackpropFilter, depthwiseBackpropFilter());
  addWasmKernel(DepthwiseConv2dNativeBackpropInput, depthwiseBackpropInput());
  replaceWasmKernel(Conv2DBackpropInput, conv2dBackpropInput);
  replaceWasmKernel(MaxPoolGrad, maxPoolGrad);
  replaceWasmKernel(BatchMatMul, transposedMatMul);
  replaceWasmKernel(_FusedMatMul, transposedMatMul);
}
