import { getBytes, keccak256, type Provider } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import type { CodeIdentity } from './bindings.ts';
import { LedgerError } from './ledger.ts';

/**
 * Checks that an address holds our contract and not a look-alike: the deployed code, immutables aside, is the code we compiled.
 * @throws LedgerError `ledger/not-our-contract`
 */
export async function assertContractCode(provider: Provider, address: Hex, identity: CodeIdentity): Promise<void> {
  const code = getBytes(await provider.getCode(address));
  for (const { start, length } of identity.immutables) code.fill(0, start, start + length);
  if (keccak256(code) === identity.runtimeHash) return;
  const found = code.length === 0 ? 'no contract' : 'another contract, or another version of it';
  throw new LedgerError(
    'ledger/not-our-contract',
    `at ${address} there is ${found}; take the address from deployment.json`,
    {
      details: { address },
    },
  );
}
