import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { structHasher } from './typed-struct.ts';
import { addressSchema, countSchema, digestSchema, positionSchema, roundSchema } from './wire-types.ts';

/** The entries of a study's log that are not a member's signed records. Each is hashed as an EIP-712 struct of its fields. */

export const openStudySchema = z.strictObject({
  study: digestSchema,
  rounds: roundSchema,
  maximumMembers: countSchema,
  /** How many rounds late a contribution may be mixed; the ledger does not enforce it. */
  stalenessBound: countSchema,
  /** Bound of a member's cumulative ε, in millionths. */
  epsilonBudgetMicros: countSchema,
  /** δ at which ε is stated, in millionths of millionths; the ledger does not enforce it. */
  deltaBudgetPicos: countSchema,
});
export type OpenStudy = z.infer<typeof openStudySchema>;

export const joinedSchema = z.strictObject({
  study: digestSchema,
  member: addressSchema,
  /** Order of joining, from 0; the place of the member's score in every valuation. Whoever joins again keeps it. */
  position: positionSchema,
  /** The first round that the member may record. */
  firstRound: roundSchema,
  /** Keyed commitment to the member's data set. */
  dataCommitment: digestSchema,
});
export type Joined = z.infer<typeof joinedSchema>;

/** A participant that withdrew or was excluded. */
export const leftSchema = z.strictObject({
  study: digestSchema,
  member: addressSchema,
  /** The first round that it may not record. */
  endRound: roundSchema,
});
export type Left = z.infer<typeof leftSchema>;

export const closedSchema = z.strictObject({ study: digestSchema });

export const equivocatedSchema = z.strictObject({
  study: digestSchema,
  round: roundSchema,
  member: addressSchema,
  /** Struct hashes of the two contributions. */
  first: digestSchema,
  second: digestSchema,
});
export type Equivocated = z.infer<typeof equivocatedSchema>;

export const checkpointedSchema = z.strictObject({
  study: digestSchema,
  round: roundSchema,
  /** The head that was co-signed. */
  signedHead: digestSchema,
  /** Positions of the signers, ascending. */
  signers: z.array(positionSchema).max(64),
});
export type Checkpointed = z.infer<typeof checkpointedSchema>;

const TYPES = {
  OpenStudy: [
    { name: 'study', type: 'bytes32' },
    { name: 'rounds', type: 'uint32' },
    { name: 'maximumMembers', type: 'uint16' },
    { name: 'stalenessBound', type: 'uint32' },
    { name: 'epsilonBudgetMicros', type: 'uint64' },
    { name: 'deltaBudgetPicos', type: 'uint64' },
  ],
  Joined: [
    { name: 'study', type: 'bytes32' },
    { name: 'member', type: 'address' },
    { name: 'position', type: 'uint8' },
    { name: 'firstRound', type: 'uint32' },
    { name: 'dataCommitment', type: 'bytes32' },
  ],
  Withdrawn: [
    { name: 'study', type: 'bytes32' },
    { name: 'member', type: 'address' },
    { name: 'endRound', type: 'uint32' },
  ],
  Excluded: [
    { name: 'study', type: 'bytes32' },
    { name: 'member', type: 'address' },
    { name: 'endRound', type: 'uint32' },
  ],
  Closed: [{ name: 'study', type: 'bytes32' }],
  Equivocated: [
    { name: 'study', type: 'bytes32' },
    { name: 'round', type: 'uint32' },
    { name: 'member', type: 'address' },
    { name: 'first', type: 'bytes32' },
    { name: 'second', type: 'bytes32' },
  ],
  Checkpointed: [
    { name: 'study', type: 'bytes32' },
    { name: 'round', type: 'uint32' },
    { name: 'signedHead', type: 'bytes32' },
    { name: 'signers', type: 'uint64' },
  ],
};

const hasherOf = (type: keyof typeof TYPES): ((value: object) => Hex) => structHasher(type, TYPES[type]);

/** Positions as the bits of a 64-bit number. */
export function signerBits(positions: readonly number[]): bigint {
  return positions.reduce((bits, position) => bits | (1n << BigInt(position)), 0n);
}

/** Reverses {@link signerBits}. */
export function signerPositions(bits: bigint): number[] {
  return Array.from({ length: 64 }, (_, position) => position).filter((position) => (bits >> BigInt(position)) & 1n);
}

export const hashOpenStudy: (entry: OpenStudy) => Hex = hasherOf('OpenStudy');
export const hashJoined: (entry: Joined) => Hex = hasherOf('Joined');
export const hashWithdrawn: (entry: Left) => Hex = hasherOf('Withdrawn');
export const hashExcluded: (entry: Left) => Hex = hasherOf('Excluded');
export const hashClosed: (entry: { study: Hex }) => Hex = hasherOf('Closed');
export const hashEquivocated: (entry: Equivocated) => Hex = hasherOf('Equivocated');
const hashSigners = hasherOf('Checkpointed');
export const hashCheckpointed = (entry: Checkpointed): Hex =>
  hashSigners({ ...entry, signers: signerBits(entry.signers) });
