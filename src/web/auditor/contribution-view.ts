import type { AuditSubject } from '../../audit/audit-subject.ts';
import { proveSegment } from '../../audit/prove-segment.ts';
import { type ShownRecord, showRecord } from '../../audit/show-record.ts';
import type { Hex } from '../../base/bytes.ts';
import { isConsiliumError, messageOf } from '../../base/errors.ts';
import { participantsIn } from '../../protocol/participants.ts';
import type { LineageView } from './lineage-view.ts';

/** Which record of whom. */
export interface RecordName {
  readonly account: string;
  readonly round: number;
}

/** One member's record of one round, and what there is around it. */
export interface ContributionView {
  readonly shown: ShownRecord;
  /** The account that its member has now. */
  readonly account: Hex;
  /** Contributions that were trained from a mix of it, with its share in that mix. */
  readonly wentInto: readonly { readonly account: Hex; readonly round: number; readonly share: number }[];
  /** The proof of its first segment, as `audit prove` writes it; null where proofs are left out. */
  readonly proof: ProofText | null;
}

/** A proof's file, or why there is none. */
export type ProofText = { readonly text: string } | { readonly reason: string };

/** @returns null if there is no record of that member and round, or no such member */
export async function contributionView(
  subject: AuditSubject,
  lineage: LineageView,
  name: RecordName,
): Promise<ContributionView | null> {
  const found = await contributionWithoutProof(subject, lineage, name);
  if (found === null) return null;
  const { member: account, round } = found.shown.record;
  return { ...found, proof: proofText(subject, { account, round, segment: 0 }) };
}

/** The same without the proof, which takes longer than all the rest. */
export async function contributionWithoutProof(
  subject: AuditSubject,
  lineage: LineageView,
  { account, round }: RecordName,
): Promise<ContributionView | null> {
  const member = participantsIn(subject.log).find(({ accounts }) => accounts.some((each) => each === account));
  const shown = member === undefined ? null : await showRecord(subject, member.accounts, round);
  if (member === undefined || shown === null) return null;
  const place = lineage.nodes.findIndex((node) => node.round === round && lineage.members[node.row] === member.account);
  const wentInto = lineage.edges.flatMap(([from, to, share]) => {
    const node = lineage.nodes[to];
    const reached = node && lineage.members[node.row];
    return from === place && node && reached !== undefined ? [{ account: reached, round: node.round, share }] : [];
  });
  return { shown, account: member.account, wentInto, proof: null };
}

/** The proof of one segment, as a file for a third party. */
export function proofText(
  { bundle }: AuditSubject,
  { account, round, segment }: { readonly account: Hex; readonly round: number; readonly segment: number },
): ProofText {
  try {
    return { text: proveSegment(bundle, { member: account, round, segment }) };
  } catch (error) {
    if (!isConsiliumError(error, 'audit/nothing-to-prove')) throw error;
    return { reason: messageOf(error) };
  }
}
