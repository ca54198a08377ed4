import { z } from 'zod';

const side = z.int().min(1).max(64);
/** [height, width], in pixels. */
const extent = z.tuple([side, side]);
const padding = z.enum(['same', 'valid']);
const width = z.int().min(1).max(8192);

/** What a product layer applies to its sums on the way out. */
const activation = z.enum(['linear', 'relu']);

const window = { kernel: extent, strides: extent, padding };
const product = { activation, bias: z.boolean() };

/**
 * One layer of a network by kind, without its weights. Images are [height, width, channels].
 *
 * `dense` flattens what it gets. `same` pads with zeros as TensorFlow does: the odd row or column goes to the end.
 */
export const layerSpecSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dense'), units: width, ...product }),
  z.strictObject({
    kind: z.literal('convolution'),
    filters: width,
    dilations: extent,
    ...window,
    ...product,
  }),
  z.strictObject({ kind: z.literal('max-pool'), ...window }),
]);

export type LayerSpec = z.infer<typeof layerSpecSchema>;
export type LayerSpecOf<Kind extends LayerSpec['kind']> = Extract<LayerSpec, { kind: Kind }>;
