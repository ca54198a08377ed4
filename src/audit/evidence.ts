import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { announcementSchema, revealSchema } from '../protocol/announcement.ts';
import { signedCheckpointSchema } from '../protocol/checkpoint.ts';
import { contributionSchema } from '../protocol/contribution.ts';
import {
  checkpointedSchema,
  closedSchema,
  equivocatedSchema,
  joinedSchema,
  leftSchema,
  openStudySchema,
} from '../protocol/study-entries.ts';
import { valuationSchema } from '../protocol/valuation.ts';
import { addressSchema, countSchema, digestSchema } from '../protocol/wire-types.ts';

const place = { sequence: countSchema, head: digestSchema, blockNumber: z.int().min(0), transaction: digestSchema };

/** A ledger entry as the exporting peer read it; its twin in the protocol layer is `LedgerEntry`. */
const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...place, kind: z.literal('opened'), record: openStudySchema }),
  z.strictObject({ ...place, kind: z.literal('joined'), record: joinedSchema }),
  z.strictObject({ ...place, kind: z.literal('contribution'), record: contributionSchema }),
  z.strictObject({ ...place, kind: z.literal('valuation'), record: valuationSchema }),
  z.strictObject({ ...place, kind: z.literal('withdrawn'), record: leftSchema }),
  z.strictObject({ ...place, kind: z.literal('closed'), record: closedSchema }),
  z.strictObject({ ...place, kind: z.literal('excluded'), record: leftSchema }),
  z.strictObject({ ...place, kind: z.literal('equivocated'), record: equivocatedSchema }),
  z.strictObject({ ...place, kind: z.literal('checkpointed'), record: checkpointedSchema }),
]);

/**
 * The root block of an evidence bundle: the signed records themselves, the ledger's log, and by their digests the blocks that the
 * records name.
 */
export const evidenceSchema = z.strictObject({
  type: z.literal('consilium/evidence/1'),
  chainId: z.int().min(1),
  contract: addressSchema,
  study: digestSchema,
  /** SHA-256 of each segment of the initial model. */
  initialModel: z.array(digestSchema),
  announcements: z.array(announcementSchema),
  reveals: z.array(revealSchema),
  /** Heads of the log that the exporting members signed as they saw them. */
  checkpoints: z.array(signedCheckpointSchema),
  log: z.array(entrySchema),
});

export type Evidence = z.infer<typeof evidenceSchema>;

export function encodeEvidence(evidence: Evidence): Uint8Array {
  return encodeCanonical(evidence);
}

/** @throws ConsiliumError `base/not-canonical`, or a ZodError */
export function decodeEvidence(bytes: Uint8Array): Evidence {
  return evidenceSchema.parse(decodeCanonical(bytes));
}
