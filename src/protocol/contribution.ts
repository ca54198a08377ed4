import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { structHasher } from './typed-struct.ts';
import { addressSchema, countSchema, digestSchema, roundSchema } from './wire-types.ts';

/**
 * What a member states about one round of a study (docs/PROTOCOL.md, section 4). The record of round `rounds`, one past the last
 * training round, is the closing record: it names the final model as `base`, and its `update` is zero.
 */
export const contributionSchema = z.strictObject({
  study: digestSchema,
  round: roundSchema,
  member: addressSchema,
  /** Merkle root of the parameters that the member trained from. */
  base: digestSchema,
  /** SHA-256 of the recipe that produced `base`; zero in round 0, whose base is the study's initial model. */
  recipe: digestSchema,
  /** Merkle root of the parameters after training; zero in the closing record. */
  update: digestSchema,
  /** Number of training examples; zero in the closing record. */
  samples: countSchema,
  /** Cumulative privacy loss ε in millionths; zero where the study asks for no differential privacy. */
  epsilonMicros: countSchema,
  /** SHA-256 of the site's metrics of this round. */
  metrics: digestSchema,
  /** EIP-712 struct hash of the `Valuation` of the round before; zero where there is none. */
  scoreCommitment: digestSchema,
});

export type Contribution = z.infer<typeof contributionSchema>;

const FIELDS = {
  Contribution: [
    { name: 'study', type: 'bytes32' },
    { name: 'round', type: 'uint32' },
    { name: 'member', type: 'address' },
    { name: 'base', type: 'bytes32' },
    { name: 'recipe', type: 'bytes32' },
    { name: 'update', type: 'bytes32' },
    { name: 'samples', type: 'uint32' },
    { name: 'epsilonMicros', type: 'uint64' },
    { name: 'metrics', type: 'bytes32' },
    { name: 'scoreCommitment', type: 'bytes32' },
  ],
};

export const CONTRIBUTION_TYPE = { primaryType: 'Contribution', types: FIELDS } as const;

/** EIP-712 struct hash: what the ledger's head chain takes in. */
export const hashContribution: (contribution: Contribution) => Hex = structHasher('Contribution', FIELDS.Contribution);

/** True for the record that closes a member's study instead of contributing a trained update. */
export function isClosing(contribution: Pick<Contribution, 'update'>): boolean {
  return /^0x0{64}$/.test(contribution.update);
}
