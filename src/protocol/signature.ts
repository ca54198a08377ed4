import { Signature as EthersSignature, recoverAddress, SigningKey, TypedDataEncoder } from 'ethers';
import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { CONTRIBUTION_TYPE, type Contribution } from './contribution.ts';
import { type LedgerDomain, typedDataDomain } from './domain.ts';
import { VALUATION_TYPE, type Valuation } from './valuation.ts';
import { digestSchema } from './wire-types.ts';

/** A compact ECDSA signature (https://eips.ethereum.org/EIPS/eip-2098): always 64 bytes, always low s. */
export const signatureSchema = z.strictObject({ r: digestSchema, vs: digestSchema });

export type Signature = z.infer<typeof signatureSchema>;

/** A record together with the signature of the member that it names. */
export interface Signed<R> {
  readonly record: R;
  readonly signature: Signature;
}

/** The EIP-712 digest of a contribution: what its member signs. */
export function contributionDigest(domain: LedgerDomain, contribution: Contribution): Hex {
  return TypedDataEncoder.hash(typedDataDomain(domain), CONTRIBUTION_TYPE.types, contribution) as Hex;
}

/** The EIP-712 digest of a valuation: what its evaluator signs. */
export function valuationDigest(domain: LedgerDomain, valuation: Valuation): Hex {
  return TypedDataEncoder.hash(typedDataDomain(domain), VALUATION_TYPE.types, valuation) as Hex;
}

export function signDigest(privateKey: Hex, digest: Hex): Signature {
  const { r, yParityAndS } = new SigningKey(privateKey).sign(digest);
  return { r: r as Hex, vs: yParityAndS as Hex };
}

/** The address whose key made `signature` over `digest`, lower case, or null if no key did. */
export function recoverSigner(digest: Hex, signature: Signature): Hex | null {
  try {
    return recoverAddress(
      digest,
      EthersSignature.from({ r: signature.r, yParityAndS: signature.vs }),
    ).toLowerCase() as Hex;
  } catch {
    return null; // r or s is not on the curve: the signature of nobody
  }
}
