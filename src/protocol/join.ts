import type { Hex } from '../base/bytes.ts';
import type { LedgerDomain } from './domain.ts';
import { structHasher, typedDigest } from './typed-struct.ts';

/** A member's consent to take part in a study, which it signs; anybody may bring it to the ledger. */
export interface Join {
  /** The study, and with it the manifest, whose digest it is. */
  readonly study: Hex;
  readonly member: Hex;
  /** Keyed commitment to the member's data set, so that destroying the key erases what the ledger says about them. */
  readonly dataCommitment: Hex;
  /** The last second, since 1970, at which it may be recorded. */
  readonly deadline: number;
}

const hashJoin = structHasher('Join', [
  { name: 'study', type: 'bytes32' },
  { name: 'member', type: 'address' },
  { name: 'dataCommitment', type: 'bytes32' },
  { name: 'deadline', type: 'uint64' },
]);

/** The EIP-712 digest of a consent: what its member signs. */
export function joinDigest(domain: LedgerDomain, join: Join): Hex {
  return typedDigest(domain, hashJoin(join));
}
