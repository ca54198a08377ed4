import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { addressSchema, digestSchema, roundSchema } from './wire-types.ts';

const entrySchema = z.strictObject({ member: addressSchema, round: roundSchema, update: digestSchema });

const refusalSchema = z.strictObject({
  member: addressSchema,
  round: roundSchema,
  /**
   * `unavailable`: no holder served a segment that was chosen; `malformed`: a segment's bytes are none that the study's codec writes;
   * `not-finite`: a segment held NaN or infinity; `out-of-range`: it held a magnitude of 2⁴⁰ or more.
   */
  reason: z.enum(['unavailable', 'malformed', 'not-finite', 'out-of-range']),
});

const segmentSchema = z.strictObject({
  /** Indices into `entries`, ascending: what was mixed into this segment. */
  sources: z.array(z.int().min(0)).min(1),
  /** Share of each source, in order; they sum to 1 up to rounding. */
  weights: z.array(z.number().min(0).max(1)),
  /** Factor that clipping put on each source's difference from the base, in order. */
  scales: z.array(z.number().min(0).max(1)),
  /** SHA-256 of the mixed segment. */
  result: digestSchema,
});

const judgementSchema = z.strictObject({
  /**
   * For each entry: how far its change turned towards less loss on the mixer's own held-out records, in thousandths; null for the own one and
   * where nothing could be said.
   */
  scores: z.array(z.int().min(-1_000).max(1_000).nullable()),
  /** Indices of the entries whose makers' scores of the round before were heard, ascending. */
  heard: z.array(z.int().min(0)),
  /** How members stand by what was heard up to now, ascending by account: what this mix went by. */
  standings: z.array(
    z.strictObject({
      member: addressSchema,
      /** Millionths, from −1,000,000 to 1,000,000. */
      micros: z.int().min(-1_000_000).max(1_000_000),
      /** The same of the worst that was said each round. */
      approval: z.int().min(-1_000_000).max(1_000_000),
      /** Rounds of judgements behind it. */
      heard: z.int().min(1).max(1_000),
    }),
  ),
});

/** What one member mixed at the end of one round, with what weight, and what came out: enough to do it again bit for bit. */
export const recipeSchema = z.strictObject({
  type: z.literal('consilium/recipe/1'),
  study: digestSchema,
  round: roundSchema,
  member: addressSchema,
  /** Merkle root of the parameters that differences are clipped against: the member's base in this round. */
  base: digestSchema,
  /** The contributions at hand, the member's own among them, ascending by update digest, then by member. */
  entries: z.array(entrySchema).min(1),
  /** The contributions that were announced but could not be mixed. */
  refused: z.array(refusalSchema),
  segments: z.array(segmentSchema).min(1),
  /** Where the study's rule hears judgements, and nowhere else. */
  judgement: judgementSchema.optional(),
  /** Merkle root of the mixed parameters: the member's base in the next round. */
  result: digestSchema,
});

export type Recipe = z.infer<typeof recipeSchema>;
export type Judgement = z.infer<typeof judgementSchema>;
export type Standing = Judgement['standings'][number];
export type RecipeEntry = z.infer<typeof entrySchema>;
export type RecipeRefusal = z.infer<typeof refusalSchema>;

export function encodeRecipe(recipe: Recipe): Uint8Array {
  return encodeCanonical(recipe);
}

/** @throws ConsiliumError `base/not-canonical`, or a ZodError */
export function decodeRecipe(bytes: Uint8Array): Recipe {
  return recipeSchema.parse(decodeCanonical(bytes));
}

/** The order of a recipe's entries: by content, so that it depends on nobody's name or arrival. */
export function compareEntries(a: RecipeEntry, b: RecipeEntry): number {
  const [left, right] = [a.update + a.member, b.update + b.member];
  return left < right ? -1 : left > right ? 1 : 0;
}
