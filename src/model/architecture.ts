import { z } from 'zod';
import { blueprintNodesSchema } from './blueprint.ts';

/** Numbers in a sample; larger ones do not fit into memory a batch at a time. */
const MAX_INPUTS = 2 ** 20;

const count = (most: number) => z.int().min(1).max(most);
/** Labels are one byte, so there are at most 256 classes. */
const classes = z.int().min(2).max(256);

const mlpSchema = z.strictObject({
  kind: z.literal('mlp'),
  /** Numbers per sample; an image of any shape is flattened. */
  inputs: count(MAX_INPUTS),
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

const image = { height: count(512), width: count(512), channels: count(4) };
/** Channels of each stage, first to last; every stage but the first halves height and width. */
const stages = z.array(count(1024)).min(1).max(6);
/**
 * `batch` normalises with the batch's mean and variance, which training with per-sample clipping cannot use; `none` has
 * biases instead.
 */
const normalization = z.enum(['batch', 'none']);

/** Residual blocks of two 3 × 3 convolutions, then the mean over all pixels and a dense layer; made for 28 to 64 pixels. */
const resnetSchema = z.strictObject({
  kind: z.literal('resnet'),
  ...image,
  stages,
  /** Residual blocks of each stage. */
  blocks: count(16),
  normalization,
  classes,
});

/** Blocks of a depthwise and a 1 × 1 convolution: few parameters and little traffic. */
const depthwiseSchema = z.strictObject({
  kind: z.literal('depthwise'),
  ...image,
  stages,
  /** Blocks of each stage. */
  blocks: count(16),
  normalization,
  /** Share of the last features that training drops. */
  dropout: z.number().min(0).max(0.9),
  classes,
});

/** One dense layer: multinomial logistic regression. */
const logisticSchema = z.strictObject({ kind: z.literal('logistic'), inputs: count(MAX_INPUTS), classes });

/** Cox's proportional hazards: a weight for each input; labels are 1 for the event, 0 for the end of observation. */
const coxSchema = z.strictObject({ kind: z.literal('cox'), inputs: count(MAX_INPUTS), classes: z.literal(2) });

/** A network of one's own, layer by layer; `consilium model describe` writes it for a tfjs LayersModel. */
const layersSchema = z.strictObject({
  kind: z.literal('layers'),
  /** [features] or [height, width, channels]. */
  inputShape: z
    .array(count(MAX_INPUTS))
    .min(1)
    .max(3)
    .refine((shape) => shape.reduce((product, side) => product * side, 1) <= MAX_INPUTS, {
      error: `a sample has more than ${MAX_INPUTS} numbers`,
    }),
  nodes: blueprintNodesSchema,
  classes,
});

/** The shape of a network, as a study's manifest states it. */
export const architectureSchema = z.discriminatedUnion('kind', [
  mlpSchema,
  cnnSchema,
  resnetSchema,
  depthwiseSchema,
  logisticSchema,
  coxSchema,
  layersSchema,
]);

export type Architecture = z.infer<typeof architectureSchema>;
export type ArchitectureOf<Kind extends Architecture['kind']> = Extract<Architecture, { kind: Kind }>;

/** The shape of one sample as the network reads it: [features] or [height, width, channels]. */
export function inputShapeOf(architecture: Architecture): readonly number[] {
  if ('inputs' in architecture) return [architecture.inputs];
  if ('inputShape' in architecture) return architecture.inputShape;
  return [architecture.height, architecture.width, architecture.channels];
}

/** How many numbers the network gives for a sample: one for each class, or the logarithm of its risk. */
export function outputsOf(architecture: Architecture): number {
  return architecture.kind === 'cox' ? 1 : architecture.classes;
}
