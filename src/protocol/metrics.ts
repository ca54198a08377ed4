import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { privacySpendSchema } from './privacy-terms.ts';
import { plainFiguresSchema, siteFiguresSchema } from './site-figures.ts';
import { addressSchema, digestSchema, roundSchema } from './wire-types.ts';

const shared = {
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
  /** Utility of the last mix in millionths of a nat: what committed Shapley scores sum to; null where nothing was evaluated. */
  utilityMicros: z.int().nullable(),
};

/**
 * A site's figures for one round; its digest is in the contribution. Aggregates only, nothing about a single record. `heldOut`: the base
 * on the member's own held-out part; `common`: on the test part that all members share, null where the study has none.
 */
const currentSchema = z.strictObject({
  type: z.literal('consilium/metrics/2'),
  ...shared,
  /** The largest standard error of the committed scores, in millionths, rounded up; null where none was drawn. */
  scoreErrorMicros: z.int().min(0).nullable(),
  heldOut: siteFiguresSchema,
  common: siteFiguresSchema.nullable(),
});

/** As it was signed before calibration and subgroups were told; what it lacks reads as null. */
const firstSchema = z.strictObject({
  type: z.literal('consilium/metrics/1'),
  ...shared,
  heldOut: plainFiguresSchema,
  common: plainFiguresSchema.nullable(),
});

/** Metrics of any version, as readers see them. */
export type Metrics = Omit<z.infer<typeof currentSchema>, 'type'> & {
  readonly type: MetricsDocument['type'];
};
/** Metrics as they are written. */
export type MetricsDocument = z.infer<typeof currentSchema> | z.infer<typeof firstSchema>;

export function encodeMetrics(metrics: MetricsDocument): Uint8Array {
  return encodeCanonical(metrics);
}

/** @throws ConsiliumError `base/not-canonical`, or a ZodError */
export function decodeMetrics(bytes: Uint8Array): Metrics {
  const document = z.discriminatedUnion('type', [currentSchema, firstSchema]).parse(decodeCanonical(bytes));
  if (document.type === 'consilium/metrics/2') return document;
  const untold = { calibration: null, subgroups: null };
  const common = document.common === null ? null : { ...document.common, ...untold };
  return { ...document, scoreErrorMicros: null, heldOut: { ...document.heldOut, ...untold }, common };
}
