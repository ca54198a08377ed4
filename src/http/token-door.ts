import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { type Route, refusal, TEXT_TYPE } from './route.ts';
import { PROOF_PATH, readerProof, SCHEME, serverProof } from './server-proof.ts';

/** Who hears a reader's proof can ask for the same until it is stale; a reader asks within milliseconds, on a busy machine within seconds. */
const CHALLENGE_MILLISECONDS = 30_000;

/** By what a server tells those who have its token from all others. Pages and commands of ours send a proof, never the token. */
export interface TokenDoor {
  /** Open: shows that this server has the token, and gives a challenge. */
  readonly route: Route;
  /** True if the header is a proof for this address under a fresh challenge of this server, or the token as a script brings it: `Bearer <token>`. */
  admits(authorization: string, address: string): boolean;
}

/** @param clock tells when a challenge is stale: after 30 seconds at the earliest, 60 at the latest */
export function createTokenDoor(token: string, clock: Pick<Clock, 'now'>): TokenDoor {
  const secret = randomBytes(32);
  const challengeOf = (span: number): string => createHmac('sha256', secret).update(String(span)).digest('hex');
  const spanNow = (): number => Math.floor(clock.now() / CHALLENGE_MILLISECONDS);
  return {
    route: {
      path: PROOF_PATH,
      access: 'open',
      query: ['nonce'],
      answer: ({ query: { nonce = '' } }) => {
        if (!/^[0-9a-f]{64}$/.test(nonce)) return refusal(400, 'nonce: 64 hexadecimal digits');
        const challenge = challengeOf(spanNow());
        return { code: 200, type: TEXT_TYPE, body: `${challenge} ${serverProof(token, nonce, challenge)}` };
      },
    },
    admits(authorization, address) {
      const proofs = [0, 1].map((before) => {
        const challenge = challengeOf(spanNow() - before);
        return `${SCHEME} ${challenge} ${readerProof(token, challenge, address)}`;
      });
      return [`Bearer ${token}`, ...proofs].some((wanted) => isSame(authorization, wanted));
    },
  };
}

/** Takes as long wherever two texts of one length differ. */
function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
