import { computeAddress } from 'ethers';
import { type Hex, toHex } from '../base/bytes.ts';

/** The Ethereum account of a secp256k1 key, lower case: who authenticates a connection has authenticated the account. */
export function accountOf(publicOrPrivateKey: Uint8Array): Hex {
  return computeAddress(toHex(publicOrPrivateKey)).toLowerCase() as Hex;
}
