import type { TypedDataDomain } from 'ethers';
import type { Hex } from '../base/bytes.ts';

/** The ledger that a signature is meant for: one contract on one chain. */
export interface LedgerDomain {
  readonly chainId: number;
  /** Address of the Ledger contract, checksummed or lower case. */
  readonly contract: Hex;
}

/** The EIP-712 domain of every signed record (https://eips.ethereum.org/EIPS/eip-712). */
export function typedDataDomain(domain: LedgerDomain): TypedDataDomain {
  return { name: 'Consilium', version: '1', chainId: domain.chainId, verifyingContract: domain.contract };
}
