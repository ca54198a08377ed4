import { ZERO_DIGEST } from '../base/bytes.ts';
import { type Announcement, decodeAnnouncement } from '../protocol/announcement.ts';
import { hashContribution, isClosing } from '../protocol/contribution.ts';
import { rootOfDigests } from '../protocol/segments.ts';
import { contributionDigest, recoverSigner } from '../protocol/signature.ts';
import type { StudyContext } from './study-context.ts';
import { ACCEPT, ignore, reject, type Verdict } from './verdict.ts';

/** Largest announcement: 512 segment digests in hexadecimal, and room for the record. */
export const MAXIMUM_ANNOUNCEMENT_BYTES = 48 * 1024;

/** Judges an announced contribution: size, form, study, then signature, then what is known already. */
export function validateContribution(
  bytes: Uint8Array,
  context: StudyContext,
): { verdict: Verdict; announcement?: Announcement; equivocation?: Announcement } {
  // [REJECT] C1: at most 48 KiB.
  if (bytes.length > MAXIMUM_ANNOUNCEMENT_BYTES) return { verdict: reject('C1', 'too large') };
  // [REJECT] C2: one canonical DAG-CBOR announcement.
  let announcement: Announcement;
  try {
    announcement = decodeAnnouncement(bytes);
  } catch {
    return { verdict: reject('C2', 'not an announcement') };
  }
  const verdict = judgeFields(announcement, context) ?? judgeSignature(announcement, context) ?? ACCEPT;
  if (verdict.action === 'accept') return { verdict, announcement };
  return verdict.rule === 'C12' ? { verdict, equivocation: announcement } : { verdict };
}

function judgeFields({ record, segments }: Announcement, context: StudyContext): Verdict | undefined {
  // [REJECT] C3: for this study.
  if (record.study !== context.study) return reject('C3', 'another study');
  // [REJECT] C4: a round of this study; the round after the last one closes, and only that one does.
  if (record.round > context.rounds) return reject('C4', 'round past the end');
  if (isClosing(record) !== (record.round === context.rounds)) return reject('C4', 'closing record out of place');
  // [REJECT] C5: round 0 has no recipe, every other round has one; a base is always named.
  if ((record.recipe === ZERO_DIGEST) !== (record.round === 0)) return reject('C5', 'recipe out of place');
  if (record.base === ZERO_DIGEST) return reject('C5', 'no base');
  // [REJECT] C6: a training round has examples behind it, the closing record has none.
  if ((record.samples === 0) !== isClosing(record)) return reject('C6', 'sample count out of place');
  // [REJECT] C7: cumulative ε within the study's budget.
  if (record.epsilonMicros > context.epsilonBudgetMicros) return reject('C7', 'privacy budget exceeded');
  // [REJECT] C8: the segment digests are as many as the manifest says, and lead to `update`.
  if (segments.length !== (isClosing(record) ? 0 : context.segments)) return reject('C8', 'segment count');
  if (segments.length > 0 && rootOfDigests(segments) !== record.update)
    return reject('C8', 'segments do not lead to update');
  return undefined;
}

function judgeSignature({ record, signature }: Announcement, context: StudyContext): Verdict | undefined {
  // [IGNORE] C9: from a participant as far as this peer has read the ledger; it may be behind.
  if (!context.isParticipant(record.member)) return ignore('C9', 'not a participant');
  // [IGNORE] C10: not known yet.
  const known = context.knownContribution(record.member, record.round);
  if (known !== undefined && known === hashContribution(record)) return ignore('C10', 'known already');
  // [REJECT] C11: signed by the member that it names.
  if (recoverSigner(contributionDigest(context.domain, record), signature) !== record.member) {
    return reject('C11', 'signature of somebody else');
  }
  // [IGNORE] C12: the first record of a member for a round; a second, different one is an equivocation and is not forwarded.
  if (known !== undefined) return ignore('C12', 'equivocation');
  return undefined;
}
