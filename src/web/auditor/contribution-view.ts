import type { AuditSubject } from '../../audit/audit-subject.ts';
import { proveSegment } from '../../audit/prove-segment.ts';
import { type ShownRecord, showRecord } from '../../audit/show-record.ts';
import type { Hex } from '../../base/bytes.ts';
import { isConsiliumError, messageOf } from '../../base/errors.ts';
import { participantsIn } from '../../protocol/participants.ts';
import type { LineageView } from './lineage-view.ts';

/** One member's record of one round, and what there is around it. */
export interface ContributionView {
  readonly shown: ShownRecord;
  /** The account that its member has now. */
  readonly account: Hex;
  /** Contributions that were trained from a mix of it, with its share in that mix. */
  readonly wentInto: readonly { readonly account: Hex; readonly round: number; readonly share: number }[];
  /** The proof of its first segment, as `audit prove` writes it. */
  readonly proof: ProofText;
}

/** A proof's file, or why there is none. */
export type ProofText = { readonly text: string } | { readonly reason: string };

/** @returns null if there is no record of that member and round, or no such member */
export async function contributionView(
  subject: AuditSubject,
  lineage: LineageView,
  { account, round }: { readonly account: string; readonly round: number },
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
  const proof = proofText(subject, { account: shown.record.member, round, segment: 0 });
  return { shown, account: member.account, wentInto, proof };
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
