import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import type { LedgerDomain } from './domain.ts';
import { signatureSchema } from './signature.ts';
import { structHasher, typedDigest } from './typed-struct.ts';
import { addressSchema, digestSchema, roundSchema } from './wire-types.ts';

/** A head of a study's log as a member saw it; signed, so that a history that was rewritten is proven by two signed heads. */
export const checkpointSchema = z.strictObject({
  study: digestSchema,
  /** The round after which it was seen. */
  round: roundSchema,
  /** The head, which counts the entries that lead to it. */
  head: digestSchema,
});

export type Checkpoint = z.infer<typeof checkpointSchema>;

/** A checkpoint with its signer, as members keep it. */
export const signedCheckpointSchema = z.strictObject({
  record: checkpointSchema,
  member: addressSchema,
  signature: signatureSchema,
});

export type SignedCheckpoint = z.infer<typeof signedCheckpointSchema>;

export function encodeCheckpoint(checkpoint: SignedCheckpoint): Uint8Array {
  return encodeCanonical(checkpoint);
}

/** @throws ConsiliumError `base/not-canonical`, or a ZodError */
export function decodeCheckpoint(bytes: Uint8Array): SignedCheckpoint {
  return signedCheckpointSchema.parse(decodeCanonical(bytes));
}

const FIELDS = [
  { name: 'study', type: 'bytes32' },
  { name: 'round', type: 'uint32' },
  { name: 'head', type: 'bytes32' },
];

/** EIP-712 struct hash. */
export const hashCheckpoint: (checkpoint: Checkpoint) => Hex = structHasher('Checkpoint', FIELDS);

/** The EIP-712 digest of a checkpoint: what a member signs. */
export function checkpointDigest(domain: LedgerDomain, checkpoint: Checkpoint): Hex {
  return typedDigest(domain, hashCheckpoint(checkpoint));
}
