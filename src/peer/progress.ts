import { z } from 'zod';
import { valuationSchema } from '../protocol/valuation.ts';
import { digestSchema, roundSchema } from '../protocol/wire-types.ts';

/** Where a peer stands before it trains a round: what it needs to go on after a crash. */
export const progressSchema = z.strictObject({
  /** The round to train next; one past the last to close. */
  round: roundSchema,
  /** Merkle root of the base, and its segments, which are in the blob store. */
  base: digestSchema,
  baseSegments: z.array(digestSchema),
  /** The recipe that produced the base; zero in round 0. */
  recipe: digestSchema,
  /** The scores of the last mix, to be revealed once the contribution that commits to them is out. */
  valuation: valuationSchema.nullable(),
  /** Utility of the last mix in millionths of a nat. */
  utilityMicros: z.int().nullable(),
  /** The largest standard error of its scores, in millionths; null where nothing was drawn. */
  scoreErrorMicros: z.int().min(0).nullable().default(null),
  /** Contributions that were mixed and must not be mixed again, as `round/member`; those too old to be mixed are dropped. */
  mixed: z.array(z.string()),
});

export type Progress = z.infer<typeof progressSchema>;
