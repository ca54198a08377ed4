import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { contributionSchema } from './contribution.ts';
import { signatureSchema } from './signature.ts';
import { valuationSchema } from './valuation.ts';
import { digestSchema } from './wire-types.ts';

/** Segments a model may be cut into at most: keeps an announcement within the 64 KiB that gossip carries. */
export const MAXIMUM_SEGMENTS = 512;

/** A contribution as its member announces it: the signed record, and the segment digests under its `update`. */
export const announcementSchema = z.strictObject({
  record: contributionSchema,
  signature: signatureSchema,
  /** SHA-256 of each segment of the update, in order; empty in the closing record. */
  segments: z.array(digestSchema).max(MAXIMUM_SEGMENTS),
});

export type Announcement = z.infer<typeof announcementSchema>;

/** A valuation as its evaluator reveals it. */
export const revealSchema = z.strictObject({ record: valuationSchema, signature: signatureSchema });

export type Reveal = z.infer<typeof revealSchema>;

export function encodeAnnouncement(announcement: Announcement): Uint8Array {
  return encodeCanonical(announcement);
}

export function encodeReveal(reveal: Reveal): Uint8Array {
  return encodeCanonical(reveal);
}

/** @throws ConsiliumError `base/not-canonical`, or a ZodError */
export function decodeAnnouncement(bytes: Uint8Array): Announcement {
  return announcementSchema.parse(decodeCanonical(bytes));
}

/** @throws ConsiliumError `base/not-canonical`, or a ZodError */
export function decodeReveal(bytes: Uint8Array): Reveal {
  return revealSchema.parse(decodeCanonical(bytes));
}
