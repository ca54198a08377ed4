import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { contributionSchema } from '../protocol/contribution.ts';
import { ENTRY_KINDS } from '../protocol/ledger-entry.ts';
import { manifestSchema } from '../protocol/manifest.ts';
import { signatureSchema } from '../protocol/signature.ts';
import { addressSchema, digestSchema, roundSchema } from '../protocol/wire-types.ts';

/** A tree of 512 segments, the most that a model has, is nine levels high. */
const MAXIMUM_PATH = 9;
/** Entries between a contribution and the co-signed heads after it: a few for each of 64 members, more after an outage. */
export const MAXIMUM_LINKS = 4096;

/** The largest proof has a manifest with a thousand columns, and 64 signatures. */
export const MAXIMUM_PROOF_BYTES = 8 * 2 ** 20;

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
  /** The entries after the contribution's, as far as the last head that is signed below. */
  links: z.array(z.strictObject({ kind: z.enum(ENTRY_KINDS), hash: digestSchema })).max(MAXIMUM_LINKS),
  /** Members' checkpoints of heads after the entry, one a member; each names how many of the links lead to it. */
  cosignatures: z
    .array(
      z.strictObject({
        member: addressSchema,
        round: roundSchema,
        links: z.int().min(0).max(MAXIMUM_LINKS),
        signature: signatureSchema,
      }),
    )
    .max(64),
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
