import { z } from 'zod';
import { ModelError } from './model-error.ts';

/** A model above this does not fit one round's traffic between hospitals; 2^24 float32 parameters are 64 MiB. */
const MAX_PARAMETERS = 2 ** 24;

const count = (most: number) => z.int().min(1).max(most);
/** Labels are one byte, so there are at most 256 classes. */
const classes = z.int().min(2).max(256);

const mlpSchema = z.strictObject({
  kind: z.literal('mlp'),
  /** Numbers per sample; an image of any shape is flattened. */
  inputs: count(2 ** 20),
  /** Width of each hidden layer (dense + relu), first to last. */
  hidden: z.array(count(8192)).max(8),
  classes,
});

const cnnSchema = z.strictObject({
  kind: z.literal('cnn'),
  height: count(512),
  width: count(512),
  channels: count(4),
  /** One stage per entry: 3 × 3 convolution with that many filters, relu, 2 × 2 max-pool with stride 2. */
  filters: z.array(count(512)).min(1).max(6),
  /** `same` keeps height and width before pooling, `valid` loses a border of one pixel. */
  padding: z.enum(['same', 'valid']),
  /** Width of the dense layer (with relu) between the last stage and the classes. */
  dense: count(8192),
  classes,
});

/** The shape of a network, as a study's manifest states it. */
export const architectureSchema = z.discriminatedUnion('kind', [mlpSchema, cnnSchema]);

export type Architecture = z.infer<typeof architectureSchema>;
type CnnArchitecture = z.infer<typeof cnnSchema>;

/** One weight matrix, filter bank or bias inside the flat parameter array. */
export interface TensorSlot {
  /** `conv1.filter`, `conv1.bias`, `dense1.weights`, …; unique within a layout. */
  readonly name: string;
  /** Filters are [3, 3, in, out], weights [in, out], biases [out]. */
  readonly shape: readonly number[];
  /** Index of the first element in the flat array. */
  readonly offset: number;
  /** Number of elements. */
  readonly size: number;
}

/** Where each tensor lies in the flat `Float32Array`; tensors follow each other without gaps. */
export interface ParameterLayout {
  readonly tensors: readonly TensorSlot[];
  readonly parameterCount: number;
}

/**
 * The layout of an architecture's parameters: convolution stages first, then dense layers, weights before bias.
 * @throws ModelError `model/invalid-architecture` if an image shrinks to nothing or there are too many parameters
 */
export function layoutOf(architecture: Architecture): ParameterLayout {
  const tensors: TensorSlot[] = [];
  let parameterCount = 0;
  const add = (name: string, shape: readonly number[]): void => {
    const size = shape.reduce((product, side) => product * side, 1);
    tensors.push({ name, shape, offset: parameterCount, size });
    parameterCount += size;
  };
  const widths = architecture.kind === 'cnn' ? addStages(architecture, add) : [architecture.inputs];
  widths.push(...(architecture.kind === 'cnn' ? [architecture.dense] : architecture.hidden), architecture.classes);
  for (let i = 1; i < widths.length; i++) {
    add(`dense${i}.weights`, [widths[i - 1] as number, widths[i] as number]);
    add(`dense${i}.bias`, [widths[i] as number]);
  }
  if (parameterCount > MAX_PARAMETERS) {
    throw invalid(`${parameterCount} parameters are more than ${MAX_PARAMETERS}; use fewer or narrower layers`);
  }
  return { tensors, parameterCount };
}

/** The shape of one sample as the network reads it: [inputs] or [height, width, channels]. */
export function inputShapeOf(architecture: Architecture): readonly number[] {
  if (architecture.kind === 'mlp') return [architecture.inputs];
  return [architecture.height, architecture.width, architecture.channels];
}

function addStages(architecture: CnnArchitecture, add: (name: string, shape: readonly number[]) => void): number[] {
  let { height, width, channels } = architecture;
  const border = architecture.padding === 'valid' ? 2 : 0;
  architecture.filters.forEach((filters, stage) => {
    add(`conv${stage + 1}.filter`, [3, 3, channels, filters]);
    add(`conv${stage + 1}.bias`, [filters]);
    height = Math.floor((height - border) / 2);
    width = Math.floor((width - border) / 2);
    channels = filters;
    if (height < 1 || width < 1) {
      throw invalid(`stage ${stage + 1} leaves no pixel; use fewer stages, larger images or padding "same"`);
    }
  });
  return [height * width * channels];
}

function invalid(reason: string): ModelError {
  return new ModelError('model/invalid-architecture', `architecture: ${reason}`);
}
