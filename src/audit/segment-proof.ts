import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { contributionSchema } from '../protocol/contribution.ts';
import { ENTRY_KINDS } from '../protocol/ledger-entry.ts';
import { manifestSchema } from '../protocol/manifest.ts';
import { signatureSchema } from '../protocol/signature.ts';
import { addressSchema, digestSchema, roundSchema } from '../protocol/wire-types.ts';

/** A tree of 512 segments, the most that a model has, is nine levels high. */
const MAXIMUM_PATH = 9;
/** Entries between a contribution and the co-signed head after it: a few for each of 64 members. */
export const MAXIMUM_LINKS = 4096;

/** Shows that a segment belongs to a member's signed contribution, and that this is an entry of a ledger's log (docs/PROTOCOL.md, B4 … B8). */
export const segmentProofSchema = z.strictObject({
  type: z.literal('consilium/segment-proof/1'),
  chainId: z.int().min(1),
  contract: addressSchema,
  /** Its digest is the study's name. It says how many segments there are: a root alone does not. */
  manifest: manifestSchema,
  record: contributionSchema,
  signature: signatureSchema,
  segment: z.strictObject({
    index: z.int().min(0),
    /** SHA-256 of the segment's bytes. */
    digest: digestSchema,
    /** Hashes from the leaf upwards. */
    path: z.array(digestSchema).max(MAXIMUM_PATH),
  }),
  /** The head that the contribution's entry continues; it counts the entries before. */
  headBefore: digestSchema,
  /** A later head that members signed, and the way to it; null if none did. */
  checkpoint: z
    .strictObject({
      round: roundSchema,
      /** The entries after the contribution's, up to that head. */
      links: z.array(z.strictObject({ kind: z.enum(ENTRY_KINDS), hash: digestSchema })).max(MAXIMUM_LINKS),
      signatures: z
        .array(z.strictObject({ member: addressSchema, signature: signatureSchema }))
        .min(1)
        .max(64),
    })
    .nullable(),
});

export type SegmentProof = z.infer<typeof segmentProofSchema>;

/** One line of JSON, and the only one for this proof: keys in the order of the canonical encoding, no space. */
export function encodeSegmentProof(proof: SegmentProof): string {
  return `${JSON.stringify(decodeCanonical(encodeCanonical(proof)))}\n`;
}

/** @returns null for a text that is no proof, or not its one spelling */
export function decodeSegmentProof(text: string): SegmentProof | null {
  try {
    const proof = segmentProofSchema.parse(JSON.parse(text));
    return encodeSegmentProof(proof) === text ? proof : null;
  } catch {
    return null; // not JSON, not of this shape, or with a number that has no canonical encoding
  }
}
