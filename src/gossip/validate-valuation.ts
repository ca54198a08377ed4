import { decodeReveal, type Reveal } from '../protocol/announcement.ts';
import { recoverSigner, valuationDigest } from '../protocol/signature.ts';
import { hashValuation } from '../protocol/valuation.ts';
import type { StudyContext } from './study-context.ts';
import { ACCEPT, ignore, reject, type Verdict } from './verdict.ts';

/** Largest reveal: eight words of scores, and room for the record. */
export const MAXIMUM_REVEAL_BYTES = 2 * 1024;

/** Judges a revealed valuation: size, form, study, signature, then the commitment that it must open. */
export function validateValuation(bytes: Uint8Array, context: StudyContext): { verdict: Verdict; reveal?: Reveal } {
  // [REJECT] V1: at most 2 KiB.
  if (bytes.length > MAXIMUM_REVEAL_BYTES) return { verdict: reject('V1', 'too large') };
  // [REJECT] V2: one canonical DAG-CBOR reveal.
  let reveal: Reveal;
  try {
    reveal = decodeReveal(bytes);
  } catch {
    return { verdict: reject('V2', 'not a reveal') };
  }
  const verdict = judge(reveal, context);
  return verdict.action === 'accept' ? { verdict, reveal } : { verdict };
}

function judge({ record, signature }: Reveal, context: StudyContext): Verdict {
  // [REJECT] V3: for this study and one of its training rounds.
  if (record.study !== context.study) return reject('V3', 'another study');
  if (record.round >= context.rounds) return reject('V3', 'round past the end');
  // [IGNORE] V4: from a participant as far as this peer has read the ledger.
  if (!context.isParticipant(record.evaluator)) return ignore('V4', 'not a participant');
  // [IGNORE] V8: not known yet. Its evaluator can sign the same scores in many ways: only the first goes round.
  if (context.knownReveal(record.evaluator, record.round)) return ignore('V8', 'known already');
  // [REJECT] V5: signed by the evaluator that it names.
  if (recoverSigner(valuationDigest(context.domain, record), signature) !== record.evaluator) {
    return reject('V5', 'signature of somebody else');
  }
  // [IGNORE] V6: the contribution that carries the commitment is known.
  const commitment = context.knownCommitment(record.evaluator, record.round);
  if (commitment === undefined) return ignore('V6', 'commitment not known');
  // [REJECT] V7: it opens that commitment.
  if (hashValuation(record) !== commitment) return reject('V7', 'does not open the commitment');
  return ACCEPT;
}
