import { fromHex, type Hex, toHex } from '../base/bytes.ts';
import { headCount } from '../protocol/head-word.ts';
import { hashContent, initialHead } from '../protocol/ledger-entry.ts';
import { merkleProof } from '../protocol/merkle.ts';
import { participantsIn } from '../protocol/participants.ts';
import { AuditError } from './audit-error.ts';
import { checkSegmentProof } from './check-segment-proof.ts';
import type { Evidence } from './evidence.ts';
import type { Bundle } from './read-bundle.ts';
import { encodeSegmentProof, MAXIMUM_LINKS, type SegmentProof, segmentProofSchema } from './segment-proof.ts';

/** Which segment of whose update. */
export interface SegmentPlace {
  readonly member: Hex;
  readonly round: number;
  readonly segment: number;
}

/** Share of those who take part whose signatures are taken along: as many as bring a head to the ledger. */
const SHARE = 2 / 3;

/**
 * Cuts the proof of one segment out of a bundle: the signed record, the hashes from the segment to its update, and the entries from the
 * contribution to the heads after it that members signed, of two thirds of those who take part if so many did.
 * @returns the file's content
 * @throws AuditError `audit/nothing-to-prove` if the bundle does not show it
 */
export function proveSegment({ evidence, manifest }: Bundle, place: SegmentPlace): string {
  const { member, round, segment } = place;
  const announcement = evidence.announcements.find((a) => a.record.member === member && a.record.round === round);
  if (manifest === null || announcement === undefined) {
    throw nothing(`the bundle has no contribution of ${member} to round ${round}`);
  }
  const { record, signature, segments } = announcement;
  const digest = segments[segment];
  if (digest === undefined) throw nothing(`that contribution has ${segments.length} segments, counted from 0`);
  const hash = hashContent({ kind: 'contribution', record });
  const sequence = evidence.log.findIndex(
    (entry) => entry.kind === 'contribution' && entry.record.member === member && hashContent(entry) === hash,
  );
  if (sequence < 0) throw nothing('that contribution is not in the log of the bundle; it was never anchored');
  const domain = { chainId: evidence.chainId, contract: evidence.contract };
  const proof: SegmentProof = {
    type: 'consilium/segment-proof/1',
    ...domain,
    manifest,
    record,
    signature,
    segment: { index: segment, digest, path: merkleProof(segments.map(fromHex), segment).map(toHex) },
    headBefore: evidence.log[sequence - 1]?.head ?? initialHead(domain, record.study),
    ...cosignaturesAfter(evidence, sequence),
  };
  const text = encodeSegmentProof(segmentProofSchema.parse(proof));
  const verdict = checkSegmentProof(text);
  if (!verdict.ok) throw nothing(`${verdict.code}: ${verdict.reason}`);
  return text;
}

/** Of each member the first head after the entry that it signed; of as many members as are needed, those whose heads come first. */
function cosignaturesAfter(
  { checkpoints, log }: Evidence,
  sequence: number,
): Pick<SegmentProof, 'links' | 'cosignatures'> {
  const participants = participantsIn(log);
  const needed = Math.ceil(SHARE * participants.filter(({ endRound }) => endRound === null).length);
  const later = checkpoints
    .map((checkpoint) => ({ ...checkpoint, links: headCount(checkpoint.record.head) - 1 - sequence }))
    .filter(({ member, links, record: { head } }) => {
      const isReached = links >= 0 && links <= MAXIMUM_LINKS && log[sequence + links]?.head === head;
      return isReached && participants.some(({ accounts }) => accounts.includes(member));
    })
    .toSorted((a, b) => a.links - b.links);
  const firsts = [...Map.groupBy(later, ({ member }) => member).values()].flatMap(([first]) => first ?? []);
  const chosen = firsts.slice(0, needed);
  const entries = log.slice(sequence + 1, sequence + 1 + (chosen.at(-1)?.links ?? 0));
  return {
    links: entries.map((entry) => ({ kind: entry.kind, hash: hashContent(entry) })),
    cosignatures: chosen.map(({ member, record: { round }, links, signature }) => ({
      member,
      round,
      links,
      signature,
    })),
  };
}

function nothing(reason: string): AuditError {
  return new AuditError('audit/nothing-to-prove', `${reason}; export the evidence again, or ask for another segment`);
}
