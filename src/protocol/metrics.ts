import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { privacySpendSchema } from './privacy-terms.ts';
import { addressSchema, digestSchema, roundSchema } from './wire-types.ts';

const evaluationSchema = z.strictObject({
  samples: z.int().min(1),
  /** Mean cross-entropy in nats. */
  loss: z.number(),
  /** Share of samples classified rightly; null for a model of survival. */
  accuracy: z.number().min(0).max(1).nullable(),
  /** Area under the ROC curve, or the concordance index of a model of survival; null where a class is missing. */
  auc: z.number().min(0).max(1).nullable(),
});

/** A site's figures for one round; its digest is in the contribution. Aggregates only, nothing about a single record. */
export const metricsSchema = z.strictObject({
  type: z.literal('consilium/metrics/1'),
  study: digestSchema,
  round: roundSchema,
  member: addressSchema,
  engine: z.strictObject({ name: z.string().max(64), version: z.string().max(64), reproducible: z.boolean() }),
  /** SHA-256 of the member's private training seed: opened only when it reproduces a round. */
  seedCommitment: digestSchema,
  /** Mean loss (nats) and accuracy over the local epoch that counts; null in the closing record, and where they would tell more than the noise hides. */
  training: z.strictObject({ loss: z.number(), accuracy: z.number().min(0).max(1).nullable() }).nullable(),
  /** What was spent of the privacy budget so far, at the manifest's δ; null where the study has none. */
  privacy: privacySpendSchema.nullable(),
  /** The base on the member's own held-out part. */
  heldOut: evaluationSchema,
  /** The base on the test part that all members share; null where the study has none. */
  common: evaluationSchema.nullable(),
  /** Utility of the last mix in millionths of a nat: what the committed scores sum to; null where nothing was valued. */
  utilityMicros: z.int().nullable(),
});

export type Metrics = z.infer<typeof metricsSchema>;

export function encodeMetrics(metrics: Metrics): Uint8Array {
  return encodeCanonical(metrics);
}

/** @throws ConsiliumError `base/not-canonical`, or a ZodError */
export function decodeMetrics(bytes: Uint8Array): Metrics {
  return metricsSchema.parse(decodeCanonical(bytes));
}
