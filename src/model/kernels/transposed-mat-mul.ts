import { type TensorInfo, Transpose } from '@tensorflow/tfjs-core';
import { release, type WasmKernel, wasmKernel } from './wasm-kernel.ts';

/**
 * A matrix product that transposes operands before it multiplies: the backend's own path for `transposeA` and
 * `transposeB` is a plain triple loop, its path without them is XNNPACK's, about three times as fast.
 *
 * @param original `BatchMatMul` or `_FusedMatMul` of the wasm backend
 */
export function transposedMatMul(original: WasmKernel): WasmKernel {
  const transpose = wasmKernel(Transpose);
  return ({ backend, inputs, attrs }) => {
    const transposed: TensorInfo[] = [];
    const straighten = (x: TensorInfo): TensorInfo => {
      const result = transpose({ backend, inputs: { x }, attrs: { perm: swapLastTwo(x.shape.length) } });
      transposed.push(result);
      return result;
    };
    const a = attrs['transposeA'] ? straighten(inputs['a'] as TensorInfo) : inputs['a'];
    const b = attrs['transposeB'] ? straighten(inputs['b'] as TensorInfo) : inputs['b'];
    const operands = { ...inputs, a, b } as Record<string, TensorInfo>;
    const product = original({ backend, inputs: operands, attrs: { ...attrs, transposeA: false, transposeB: false } });
    release(backend, ...transposed);
    return product;
  };
}

function swapLastTwo(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, -2), rank - 1, rank - 2];
}
