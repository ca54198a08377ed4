import type { Hex } from '../base/bytes.ts';
import type { Announcement } from '../protocol/announcement.ts';
import type { Contribution } from '../protocol/contribution.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { participantsIn } from '../protocol/participants.ts';
import type { Valuation } from '../protocol/valuation.ts';
import type { Bundle } from './read-bundle.ts';

/** What the checks of an audit look at: the log as the ledger tells it, and the evidence behind it. */
export interface AuditSubject {
  readonly domain: LedgerDomain;
  readonly study: Hex;
  readonly manifest: Manifest;
  readonly bundle: Bundle;
  readonly log: readonly LedgerEntry[];
  /** Participants in order of position. */
  readonly participants: readonly Hex[];
  /** The account that the member of an account has now: of one whose key was replaced, another than itself. */
  accountNow(account: Hex): Hex;
  /** Anchored contributions by `round/member`. */
  readonly contributions: ReadonlyMap<string, Contribution>;
  readonly valuations: readonly Valuation[];
  /** The bundle's announcements by `round/member`. */
  readonly announcements: ReadonlyMap<string, Announcement>;
}

export const keyOf = (round: number, member: Hex): string => `${round}/${member}`;

/** Sorts log and evidence into what the checks ask for. */
export function auditSubject(parts: Pick<AuditSubject, 'domain' | 'manifest' | 'bundle' | 'log'>): AuditSubject {
  const { log, bundle } = parts;
  const members = participantsIn(log);
  const now = new Map(members.flatMap(({ accounts, account }) => accounts.map((each) => [each, account])));
  const contributions = log.flatMap((entry) => (entry.kind === 'contribution' ? entry.record : []));
  return {
    ...parts,
    study: bundle.evidence.study,
    participants: members.map(({ account }) => account),
    accountNow: (account) => now.get(account) ?? account,
    contributions: new Map(contributions.map((record) => [keyOf(record.round, record.member), record])),
    valuations: log.flatMap((entry) => (entry.kind === 'valuation' ? entry.record : [])),
    announcements: new Map(bundle.evidence.announcements.map((a) => [keyOf(a.record.round, a.record.member), a])),
  };
}
