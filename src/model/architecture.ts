import { z } from 'zod';

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
export type ArchitectureOf<Kind extends Architecture['kind']> = Extract<Architecture, { kind: Kind }>;

/** The shape of one sample as the network reads it: [inputs] or [height, width, channels]. */
export function inputShapeOf(architecture: Architecture): readonly number[] {
  if (architecture.kind === 'mlp') return [architecture.inputs];
  return [architecture.height, architecture.width, architecture.channels];
}
