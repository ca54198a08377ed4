import { Signature as EthersSignature, recoverAddress, SigningKey } from 'ethers';
import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { type Contribution, hashContribution } from './contribution.ts';
import type { LedgerDomain } from './domain.ts';
import { typedDigest } from './typed-struct.ts';
import { hashValuation, type Valuation } from './valuation.ts';
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
  return typedDigest(domain, hashContribution(contribution));
}

/** The EIP-712 digest of a valuation: what its evaluator signs. */
export function valuationDigest(domain: LedgerDomain, valuation: Valuation): Hex {
  return typedDigest(domain, hashValuation(valuation));
}

export function signDigest(privateKey: Hex, digest: Hex): Signature {
  const { r, yParityAndS } = new SigningKey(privateKey).sign(digest);
  return { r: r as Hex, vs: yParityAndS as Hex };
}

/** @throws Error if r or s cannot be those of a signature */
export function toEthersSignature({ r, vs }: Signature): EthersSignature {
  return EthersSignature.from({ r, yParityAndS: vs });
}

/** The address whose key made `signature` over `digest`, lower case, or null if no key did. */
export function recoverSigner(digest: Hex, signature: Signature): Hex | null {
  try {
    return recoverAddress(digest, toEthersSignature(signature)).toLowerCase() as Hex;
  } catch {
    return null; // r or s is not on the curve: the signature of nobody
  }
}
