import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Route, refusal, TEXT_TYPE } from './route.ts';

const PROOF_PATH = '/api/proof';

/** By the server that has a token: shows that it has, without telling it. Runs in browsers too. */
function prove(token: string, nonce: string): string {
  return bytesToHex(hmac(sha256, utf8ToBytes(token), utf8ToBytes(`consilium server ${nonce}`)));
}

/** Open: whoever is about to send the token may first ask whether this server has it. */
export const proofRoute = (token: string): Route => ({
  path: PROOF_PATH,
  access: 'open',
  query: ['nonce'],
  answer: ({ query: { nonce = '' } }) =>
    /^[0-9a-f]{64}$/.test(nonce)
      ? { code: 200, type: TEXT_TYPE, body: prove(token, nonce) }
      : refusal(400, 'nonce: 64 hexadecimal digits'),
});

/**
 * Whether the server at an address has a token already. A port that its server has left can be another program's by now, which must not be
 * sent the token; so this is asked before it is.
 * @param base of the addresses, for instance `http://127.0.0.1:8000`; empty for the server that a page is from
 * @throws TypeError if nothing answers
 */
export async function knowsToken(base: string, token: string, signal: AbortSignal | null): Promise<boolean> {
  const nonce = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  const response = await fetch(`${base}${PROOF_PATH}?nonce=${nonce}`, { signal, redirect: 'error' });
  return response.ok && (await response.text()) === prove(token, nonce);
}
