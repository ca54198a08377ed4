import { getBytes, keccak256, type Provider } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import type { CodeIdentity } from './bindings.ts';
import { LedgerError } from './ledger.ts';

/** Digest of the code at an address, immutables aside, to compare with a `CodeIdentity`; null if there is none. */
export async function codeHashAt(provider: Provider, address: Hex, identity: CodeIdentity): Promise<Hex | null> {
  const code = getBytes(await provider.getCode(address));
  if (code.length === 0) return null;
  for (const { start, length } of identity.immutables) code.fill(0, start, start + length);
  return keccak256(code) as Hex;
}

/**
 * Checks that an address holds our contract and not a look-alike: the deployed code, immutables aside, is the code we compiled.
 * @throws LedgerError `ledger/not-our-contract`
 */
export async function assertContractCode(provider: Provider, address: Hex, identity: CodeIdentity): Promise<void> {
  const hash = await codeHashAt(provider, address, identity);
  if (hash === identity.runtimeHash) return;
  const found = hash === null ? 'no contract' : 'another contract, or another version of it';
  throw new LedgerError(
    'ledger/not-our-contract',
    `at ${address} there is ${found}; see that the node is up to date, and take the address from the deployment file`,
    { details: { address } },
  );
}
