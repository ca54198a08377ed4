import { z } from 'zod';

/** No contribution weighs more than this share of a mix. */
const weightShareCap = z.number().gt(0).max(1);

/** What every rule that is to withstand attackers states about them. */
const guarded = {
  weightShareCap,
  /** f: how many of the study's members may be attackers. */
  attackers: z.int().min(0).max(31),
  /** b̂: how many of them may be among the sources of one segment's mix. */
  attackersPerMix: z.int().min(0).max(31),
  /** True where the members accept that the seeded choice may bring more attackers into a mix than b̂. */
  acceptsRisk: z.boolean(),
};

/** How contributions are mixed: a rule by its name, with the parameters that it needs (docs/PROTOCOL.md, section 8). */
export const aggregationSchema = z.discriminatedUnion('rule', [
  z.strictObject({
    rule: z.literal('clipped-mean'),
    /** A difference longer than this many times the median difference is clipped to it. */
    clipFactor: z.number().min(1).max(1000),
    weightShareCap,
  }),
  z.strictObject({ rule: z.literal('median'), ...guarded }),
  z.strictObject({ rule: z.literal('trimmed-mean'), ...guarded }),
  z.strictObject({
    rule: z.literal('krum'),
    ...guarded,
    /** Sources whose mean is taken: 1 for Krum, more for multi-Krum. */
    selected: z.int().min(1).max(64),
  }),
  z.strictObject({
    rule: z.literal('geometric-median'),
    ...guarded,
    /** Weiszfeld's steps. */
    steps: z.int().min(1).max(100),
  }),
  z.strictObject({
    rule: z.literal('self-centred-clipping'),
    ...guarded,
    /** How far a segment may be from the own one before it is clipped. */
    radius: z.number().gt(0).max(1e6),
  }),
  z.strictObject({ rule: z.literal('nearest-neighbours'), ...guarded }),
  z.strictObject({
    rule: z.literal('clipped-summation'),
    ...guarded,
    /** Only sources this near to the own segment take part; null lets all in. */
    gate: z
      .strictObject({
        /** Distance over the own segment's length at the study's beginning. */
        share: z.number().gt(0).max(100),
        /** The distance has shrunk by e to this power at the end. */
        narrowing: z.number().min(0).max(16),
      })
      .nullable(),
  }),
  z.strictObject({ rule: z.literal('nearest-neighbour-mixing'), ...guarded }),
  z.strictObject({
    rule: z.literal('screened-mean'),
    ...guarded,
    /** A contribution is suspected that is farther from the own one than this many times as far as the others reach. */
    farFactor: z.number().min(1).max(1000),
    /** So is one whose change has a cosine below minus this with the own change. */
    opposition: z.number().min(0).max(1),
    /** A segment farther from the own one than this many times as far as the others reach is clipped to that. */
    clipFactor: z.number().gt(0).max(1000),
    /** A member whose standing by the others' judgements is below this is left out; −1 leaves nobody out. */
    lowestStanding: z.number().min(-1).max(0),
    /** Whose approval is above this is neither left out nor clipped as others are; 1 trusts nobody. */
    leastApproval: z.number().min(0).max(1),
    /** A segment of such a member is clipped where it is farther than this many times as far as the others reach. */
    trustedClipFactor: z.number().gt(0).max(1000),
    /** Weight of the standing before in the next one, once many rounds were heard. */
    memory: z.number().min(0).lt(1),
  }),
]);

export type AggregationTerms = z.infer<typeof aggregationSchema>;

/** The names of all rules. */
export const AGGREGATION_RULES: readonly AggregationTerms['rule'][] = aggregationSchema.options.map(
  ({ shape }) => shape.rule.value,
);
