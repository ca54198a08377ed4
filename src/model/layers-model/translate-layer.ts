import { z } from 'zod';
import type { LayerSpec } from '../layer-spec.ts';
import type { TopologyLayer } from './topology.ts';
import { parsePart, untranslatable } from './untranslatable.ts';

/** One of our layers for a part of theirs; `softmax`, which ours end in anyway, has none. */
export type TranslatedStep = LayerSpec | 'softmax';

type Translate = (config: unknown, where: string, shape: readonly number[]) => TranslatedStep[];

const pair = z.union([
  z.int().transform((side): [number, number] => [side, side]),
  z.tuple([z.int(), z.int()]),
  z.tuple([z.int()]).transform(([side]): [number, number] => [side, side]),
]);
const once = pair.default([1, 1]);
const activation = z
  .enum(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'tanh', 'softmax'])
  .nullish()
  .transform((name) => name ?? 'linear');
const channelsLast = { data_format: z.literal('channels_last').nullish() };
const padding = z.enum(['same', 'valid']).default('valid');
const product = { activation, use_bias: z.boolean().default(true) };
const convolution = {
  kernel_size: pair,
  strides: once,
  dilation_rate: once,
  padding,
  ...channelsLast,
  ...product,
};

function activated(name: z.infer<typeof activation>): TranslatedStep[] {
  if (name === 'linear') return [];
  return [name === 'softmax' ? name : { kind: 'activation', of: name }];
}

interface Product {
  readonly activation: z.infer<typeof activation>;
  readonly use_bias: boolean;
}

/** What a product layer computes itself, and what has to follow it. */
function split({ activation: name, use_bias: bias }: Product) {
  const isOwn = name === 'relu' || name === 'linear';
  const own: 'relu' | 'linear' = name === 'relu' ? 'relu' : 'linear';
  return { own: { activation: own, bias }, after: isOwn ? [] : activated(name) };
}

interface Convolution extends Product {
  readonly kernel_size: [number, number];
  readonly strides: [number, number];
  readonly dilation_rate: [number, number];
  readonly padding: 'same' | 'valid';
}

function windowOf({ kernel_size: kernel, strides, dilation_rate: dilations, padding: margin }: Convolution) {
  return { kernel, strides, dilations, padding: margin };
}

/** A translation that does not depend on the input's shape. */
function reading<T>(schema: z.ZodType<T>, translate: (config: T) => TranslatedStep[]): Translate {
  return (config, where) => translate(parsePart(schema, config, where));
}

const pooling = (kind: 'max-pool' | 'average-pool'): Translate => {
  const schema = z.object({ pool_size: pair.default([2, 2]), strides: pair.nullish(), padding, ...channelsLast });
  return (config, where) => {
    const { pool_size: kernel, strides, padding: margin } = parsePart(schema, config, where);
    return [{ kind, kernel, strides: strides ?? kernel, padding: margin }];
  };
};

const denseSchema = z.object({ units: z.int(), ...product });
const batchNormalizationSchema = z.object({
  axis: z.union([z.int(), z.tuple([z.int()]).transform(([axis]) => axis)]).default(-1),
  momentum: z.number().default(0.99),
  epsilon: z.number().default(1e-3),
  scale: z.boolean().default(true),
  center: z.boolean().default(true),
});
const concatenateSchema = z.object({ axis: z.int().default(-1) });

/** Theirs count the batch's axis too. */
function assertLastAxis(axis: number, shape: readonly number[], where: string): void {
  if (axis === -1 || axis === shape.length) return;
  throw untranslatable(`${where}: works along axis ${axis}, ours along the last; change the model`);
}

/** By the name of their class. */
const TRANSLATIONS: Readonly<Record<string, Translate>> = {
  Dense: (config, where, shape) => {
    if (shape.length > 1) throw untranslatable(`${where}: takes [${shape}]; put a Flatten before it`);
    const { units, ...rest } = parsePart(denseSchema, config, where);
    const { own, after } = split(rest);
    return [{ kind: 'dense', units, ...own }, ...after];
  },
  Conv2D: reading(z.object({ filters: z.int(), groups: z.literal(1).nullish(), ...convolution }), (config) => {
    const { own, after } = split(config);
    return [{ kind: 'convolution', filters: config.filters, ...windowOf(config), ...own }, ...after];
  }),
  DepthwiseConv2D: reading(z.object({ depth_multiplier: z.int().default(1), ...convolution }), (config) => {
    const { own, after } = split(config);
    return [{ kind: 'depthwise', multiplier: config.depth_multiplier, ...windowOf(config), ...own }, ...after];
  }),
  SeparableConv2D: reading(
    z.object({ filters: z.int(), depth_multiplier: z.int().default(1), ...convolution }),
    (config) => {
      const { own, after } = split(config);
      const plain = { activation: 'linear', bias: false } as const;
      const single: ReturnType<typeof windowOf> = {
        kernel: [1, 1],
        strides: [1, 1],
        dilations: [1, 1],
        padding: 'valid',
      };
      return [
        { kind: 'depthwise', multiplier: config.depth_multiplier, ...windowOf(config), ...plain },
        { kind: 'convolution', filters: config.filters, ...single, ...own },
        ...after,
      ];
    },
  ),
  BatchNormalization: (config, where, shape) => {
    const { axis, momentum, epsilon, scale, center } = parsePart(batchNormalizationSchema, config, where);
    assertLastAxis(axis, shape, where);
    return [{ kind: 'batch-normalization', momentum, epsilon, scale, shift: center }];
  },
  Activation: reading(z.object({ activation }), (config) => activated(config.activation)),
  Softmax: reading(z.object({ axis: z.literal(-1).nullish() }), () => ['softmax']),
  ReLU: reading(
    z.object({
      max_value: z.literal(6).nullish(),
      threshold: z.literal(0).nullish(),
      negative_slope: z.literal(0).nullish(),
    }),
    ({ max_value: most }) => activated(most === 6 ? 'relu6' : 'relu'),
  ),
  Dropout: reading(z.object({ rate: z.number() }), ({ rate }) => (rate === 0 ? [] : [{ kind: 'dropout', rate }])),
  Flatten: reading(z.object(channelsLast), () => [{ kind: 'flatten' }]),
  GlobalAveragePooling2D: reading(z.object({ keepdims: z.literal(false).nullish(), ...channelsLast }), () => [
    { kind: 'global-average-pool' },
  ]),
  MaxPooling2D: pooling('max-pool'),
  AveragePooling2D: pooling('average-pool'),
  ZeroPadding2D: reading(
    z.object({ padding: z.tuple([pair, pair]), ...channelsLast }),
    ({ padding: [rows, columns] }) => [{ kind: 'zero-padding', rows, columns }],
  ),
  Add: () => [{ kind: 'add' }],
  Concatenate: (config, where, shape) => {
    assertLastAxis(parsePart(concatenateSchema, config, where).axis, shape, where);
    return [{ kind: 'concatenate' }];
  },
};

/**
 * Our layers for one of theirs, in order; none where it changes nothing.
 * @param shape of its first input, for one sample
 * @throws ModelError `model/untranslatable`
 */
export function translateLayer({ className, name, config }: TopologyLayer, shape: readonly number[]): TranslatedStep[] {
  const translate = Object.hasOwn(TRANSLATIONS, className) ? TRANSLATIONS[className] : undefined;
  if (translate !== undefined) return translate(config, `layer ${name} (${className})`, shape);
  const known = Object.keys(TRANSLATIONS).join(', ');
  throw untranslatable(`layer ${name} is a ${className}, which we do not have; use one of ${known}`);
}
