import { fromHex, type Hex, toHex } from '../base/bytes.ts';
import type { SignedCheckpoint } from '../protocol/checkpoint.ts';
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
 * contribution to the first head after it that two thirds of those who take part signed, or that most did.
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
  const sequence = evidence.log.findIndex((entry) => entry.kind === 'contribution' && hashContent(entry) === hash);
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
    checkpoint: checkpointAfter(evidence, sequence),
  };
  const text = encodeSegmentProof(segmentProofSchema.parse(proof));
  const verdict = checkSegmentProof(text);
  if (!verdict.ok) throw nothing(`${verdict.code}: ${verdict.reason}`);
  return text;
}

function checkpointAfter({ checkpoints, log }: Evidence, sequence: number): SegmentProof['checkpoint'] {
  const participants = participantsIn(log);
  const later = checkpoints.filter(({ member, record: { head } }) => {
    const count = headCount(head);
    const isNear = count > sequence && count <= sequence + 1 + MAXIMUM_LINKS && log[count - 1]?.head === head;
    return isNear && participants.some(({ accounts }) => accounts.includes(member));
  });
  const needed = Math.ceil(SHARE * participants.filter(({ endRound }) => endRound === null).length);
  const together = [...Map.groupBy(later, ({ record }) => `${record.head}/${record.round}`).values()].toSorted(
    (a, b) => countOf(a) - countOf(b),
  );
  const chosen = together.find(({ length }) => length >= needed) ?? together.toSorted((a, b) => b.length - a.length)[0];
  if (chosen === undefined) return null;
  return {
    round: chosen[0]?.record.round ?? 0,
    links: log.slice(sequence + 1, countOf(chosen)).map((entry) => ({ kind: entry.kind, hash: hashContent(entry) })),
    signatures: chosen.slice(0, needed).map(({ member, signature }) => ({ member, signature })),
  };
}

const countOf = ([first]: readonly SignedCheckpoint[]): number =>
  first === undefined ? 0 : headCount(first.record.head);

function nothing(reason: string): AuditError {
  return new AuditError('audit/nothing-to-prove', `${reason}; export the evidence again, or ask for another segment`);
}
