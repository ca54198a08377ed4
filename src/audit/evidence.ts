import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { announcementSchema, MAXIMUM_SEGMENTS } from '../protocol/announcement.ts';
import { signedCheckpointSchema } from '../protocol/checkpoint.ts';
import { MAXIMUM_BASES } from '../protocol/continuation.ts';
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

const itemSchemas = {
  log: entrySchema,
  announcements: announcementSchema,
  checkpoints: signedCheckpointSchema,
} as const;

/** The lists of records that a bundle keeps in chunks. */
export const RECORD_LISTS = ['log', 'announcements', 'checkpoints'] as const;
export type RecordList = (typeof RECORD_LISTS)[number];
export type RecordItem<L extends RecordList> = z.infer<(typeof itemSchemas)[L]>;

const chunkSchema = z.strictObject({ digest: digestSchema, items: z.int().min(1) });
export type ChunkReference = z.infer<typeof chunkSchema>;

/**
 * The root block of an evidence bundle: what it is about, and by their digests the chunks of its lists. So it stays small whatever the
 * number of records.
 */
const rootSchema = z.strictObject({
  type: z.literal('consilium/evidence/2'),
  chainId: z.int().min(1),
  contract: addressSchema,
  study: digestSchema,
  /** SHA-256 of each segment of the initial model, or of each base that a study goes on from, one base after the other. */
  initialModel: z.array(digestSchema).max(MAXIMUM_SEGMENTS * MAXIMUM_BASES),
  log: z.array(chunkSchema),
  announcements: z.array(chunkSchema),
  checkpoints: z.array(chunkSchema),
});

export type EvidenceRoot = z.infer<typeof rootSchema>;

export function encodeRoot(root: EvidenceRoot): Uint8Array {
  return encodeCanonical(root);
}

/** @throws ConsiliumError `base/not-canonical`, or a ZodError */
export function decodeRoot(bytes: Uint8Array): EvidenceRoot {
  return rootSchema.parse(decodeCanonical(bytes));
}

/** @throws ConsiliumError `base/not-canonical`, or a ZodError */
export function decodeChunk<L extends RecordList>(list: L, bytes: Uint8Array): RecordItem<L>[] {
  return z.array(itemSchemas[list]).parse(decodeCanonical(bytes));
}

/** What a study's evidence is, but for the blocks that the records name. */
export interface Evidence extends Pick<EvidenceRoot, 'chainId' | 'contract' | 'study' | 'initialModel'> {
  /** The ledger's log as the exporting peer read it. */
  readonly log: readonly RecordItem<'log'>[];
  /** Signed contributions: in the order of their entries in the log, then those without one by round and member. */
  readonly announcements: readonly RecordItem<'announcements'>[];
  /** Heads of the log that members signed as they saw them, by round, member and head. */
  readonly checkpoints: readonly RecordItem<'checkpoints'>[];
}
