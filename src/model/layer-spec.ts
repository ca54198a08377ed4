import { z } from 'zod';

const side = z.int().min(1).max(64);
/** [height, width], in pixels. */
const extent = z.tuple([side, side]);
const margin = z.tuple([z.int().min(0).max(64), z.int().min(0).max(64)]);
const padding = z.enum(['same', 'valid']);
const width = z.int().min(1).max(8192);

/** What a product layer applies to its sums on the way out. */
const activation = z.enum(['linear', 'relu']);

const window = { kernel: extent, strides: extent, padding };
const product = { activation, bias: z.boolean() };

/**
 * One layer of a network by kind, without its weights. Images are [height, width, channels].
 *
 * `same` pads with zeros as TensorFlow does: the odd row or column goes to the end; averages do not count what was padded.
 */
export const layerSpecSchema = z.discriminatedUnion('kind', [
  /** Flattens what it gets. */
  z.strictObject({ kind: z.literal('dense'), units: width, ...product }),
  z.strictObject({ kind: z.literal('convolution'), filters: width, dilations: extent, ...window, ...product }),
  /** Every channel has `multiplier` filters of its own; output channel c × multiplier + m is filter m of channel c. */
  z.strictObject({
    kind: z.literal('depthwise'),
    multiplier: z.int().min(1).max(64),
    dilations: extent,
    ...window,
    ...product,
  }),
  /** Over all but the last axis; `momentum` is the share of the recorded averages that a step keeps. */
  z.strictObject({
    kind: z.literal('batch-normalization'),
    momentum: z.number().min(0).lt(1),
    epsilon: z.number().positive().max(1),
    scale: z.boolean(),
    shift: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('activation'), of: z.enum(['relu', 'relu6', 'elu', 'sigmoid', 'tanh']) }),
  /** Sets this share of numbers to zero while training, and divides the others by the share that is left. */
  z.strictObject({ kind: z.literal('dropout'), rate: z.number().min(0).max(0.99) }),
  z.strictObject({ kind: z.literal('flatten') }),
  z.strictObject({ kind: z.literal('max-pool'), ...window }),
  z.strictObject({ kind: z.literal('average-pool'), ...window }),
  /** The mean over all pixels, by channel. */
  z.strictObject({ kind: z.literal('global-average-pool') }),
  /** [top, bottom], [left, right] rows and columns of zeros. */
  z.strictObject({ kind: z.literal('zero-padding'), rows: margin, columns: margin }),
  /** The sum of inputs of one shape. */
  z.strictObject({ kind: z.literal('add') }),
  /** Inputs side by side in the last axis. */
  z.strictObject({ kind: z.literal('concatenate') }),
]);

export type LayerSpec = z.infer<typeof layerSpecSchema>;
export type LayerSpecOf<Kind extends LayerSpec['kind']> = Extract<LayerSpec, { kind: Kind }>;
