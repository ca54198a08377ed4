import { z } from 'zod';

/** Outside of these the accountants of `src/privacy` have not been tried. */
const noiseMultiplier = z.number().min(0.01).max(1e6);
const clipNorm = z.number().positive().max(1e6);

/** Whose presence in the training data is hidden, and how. σ is in units of the clipping norm. */
export const privacySchema = z.discriminatedUnion('unit', [
  z.strictObject({ unit: z.literal('none') }),
  /** One training record, added or removed: DP-SGD. Instead of epochs and batches of `training`, these steps are trained. */
  z.strictObject({
    unit: z.literal('record'),
    clipNorm,
    noiseMultiplier,
    /** Expected records in a batch; each record is in each batch with the probability batchSize ÷ records, independently. */
    batchSize: z.int().min(1).max(1_000_000),
    stepsPerRound: z.int().min(1).max(1_000_000),
  }),
  /** All of a member's data: its whole update is clipped, and gets the whole noise. */
  z.strictObject({ unit: z.literal('member'), clipNorm, noiseMultiplier }),
]);

export type PrivacyTerms = z.infer<typeof privacySchema>;

/** What a member states about its spending so far, so that anybody can compute its ε again. */
export const privacySpendSchema = z.strictObject({
  unit: z.enum(['record', 'member']),
  /** Data sets are neighbours if one has one unit more. */
  adjacency: z.literal('add-or-remove'),
  noiseMultiplier,
  /** Probability with which a unit is in a batch. */
  samplingRate: z.number().gt(0).max(1),
  /** All noisy steps so far, those of attempts that a crash ended among them. */
  steps: z.int().min(0),
});
