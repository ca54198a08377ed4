import { add, div, mul, type Rank, reshape, rsqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { LayerSpecOf } from '../layer-spec.ts';
import { biasGradient } from './bias-gradient.ts';
import type { Layer, LayerPass, ParameterTensor } from './layer.ts';

type Spec = LayerSpecOf<'batch-normalization'>;

/**
 * Brings each channel to mean 0 and variance 1: while training over the batch, else with the averages that training
 * recorded. The averages are parameters like any other for whoever mixes models.
 *
 * Source: Ioffe and Szegedy, Batch normalization, 2015; the gradient follows from its section 3.
 */
export function createBatchNormalizationLayer(spec: Spec, shape: readonly number[]): Layer {
  const channels = shape.at(-1) as number;
  const trained = { shape: [channels], trained: true };
  const recorded = { shape: [channels], trained: false };
  const parameters: ParameterTensor[] = [
    ...(spec.scale ? [{ name: 'scale', initial: 'ones', ...trained } as const] : []),
    ...(spec.shift ? [{ name: 'shift', initial: 'zeros', ...trained } as const] : []),
    { name: 'mean', initial: 'zeros', ...recorded },
    { name: 'variance', initial: 'ones', ...recorded },
  ];
  return {
    outputShape: shape,
    parameters,
    mixesSamples: 'normalises each sample with the mean and variance of its batch',
    forward: ([input], tensors, training) => {
      const [mean, variance] = tensors.slice(-2) as [Tensor, Tensor];
      const rows = reshape<Rank.R2>(input as Tensor, [-1, channels]);
      const moments = training === null ? { mean, variance } : momentsOf(rows);
      const pass = normalize(spec, input as Tensor, moments, { tensors, isTraining: training !== null });
      if (training === null) return pass;
      return { ...pass, averages: [moved(mean, moments.mean, spec), moved(variance, moments.variance, spec)] };
    },
  };
}

interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

function momentsOf(rows: Tensor): Moments {
  const mean = meanOfRows(rows);
  return { mean, variance: meanOfRows(square(sub(rows, mean))) };
}

const meanOfRows = (rows: Tensor): Tensor => div(biasGradient(rows), rows.shape[0] ?? 1);

const moved = (average: Tensor, value: Tensor, { momentum }: Spec): Tensor =>
  add(mul(average, momentum), mul(value, 1 - momentum));

function normalize(
  spec: Spec,
  input: Tensor,
  { mean, variance }: Moments,
  { tensors, isTraining }: { tensors: readonly Tensor[]; isTraining: boolean },
): LayerPass {
  const rows = reshape(input, [-1, mean.size]);
  const inverse = rsqrt(add(variance, spec.epsilon));
  const normalized = mul(sub(rows, mean), inverse);
  const factor = spec.scale ? mul(inverse, tensors[0] as Tensor) : inverse;
  const scaled = spec.scale ? mul(normalized, tensors[0] as Tensor) : normalized;
  const output = spec.shift ? add(scaled, tensors[spec.scale ? 1 : 0] as Tensor) : scaled;
  return {
    output: reshape(output, input.shape),
    backward: (outputGradient) => {
      const gradient = reshape(outputGradient, rows.shape);
      const scale = biasGradient(mul(gradient, normalized));
      const shift = biasGradient(gradient);
      // The batch's own moments move with every input; recorded ones do not.
      const common = div(add(mul(normalized, scale), shift), rows.shape[0] ?? 1);
      return {
        parameters: () => [...(spec.scale ? [scale] : []), ...(spec.shift ? [shift] : [])],
        inputs: () => [reshape(mul(isTraining ? sub(gradient, common) : gradient, factor), input.shape)],
        squaredNorms: () => null,
      };
    },
  };
}
