import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import { fromHex, type Hex } from '../base/bytes.ts';

/** The libp2p name of a member's key: what follows `/p2p/` in its addresses. */
export function peerIdOf(privateKey: Hex): string {
  return privateKeyFromRaw(fromHex(privateKey)).publicKey.toString();
}
