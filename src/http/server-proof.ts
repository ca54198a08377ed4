import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Where a server shows that it has a token, and tells by which challenge it may be asked. */
export const PROOF_PATH = '/api/proof';

/** Runs in browsers too, as all of this file does. */
const codeOf = (token: string, ...words: readonly string[]): string =>
  bytesToHex(hmac(sha256, utf8ToBytes(token), utf8ToBytes(words.join(' '))));

/** By the server that has the token: shows that it has, without telling it. */
export const serverProof = (token: string, nonce: string, challenge: string): string =>
  codeOf(token, 'consilium server', nonce, challenge);

/** By who has the token: opens one address of the server that gave the challenge, and nothing else. */
export const readerProof = (token: string, challenge: string, address: string): string =>
  codeOf(token, 'consilium reader', challenge, address);

/** Scheme of the `authorization` header: `Consilium <challenge> <reader's proof>`. */
export const SCHEME = 'Consilium';

/**
 * What to send as `authorization` to ask a server for an address without telling it the token. A port that its server has left can be another
 * program's by now, and can become so at any time: who hears this header can ask no other server, no other address, and not for long.
 * @param url with its origin, for instance `http://127.0.0.1:8000/api/view`
 * @returns null if what answers there does not have the token
 * @throws TypeError if nothing answers
 */
export async function authorise(url: URL, token: string, signal: AbortSignal | null): Promise<string | null> {
  const nonce = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  const response = await fetch(`${url.origin}${PROOF_PATH}?nonce=${nonce}`, { signal, redirect: 'error' });
  const [challenge = '', proof] = (await response.text()).split(' ');
  if (!response.ok || proof !== serverProof(token, nonce, challenge)) return null;
  return `${SCHEME} ${challenge} ${readerProof(token, challenge, url.pathname + url.search)}`;
}
