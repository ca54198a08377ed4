import type { Hex } from '../../base/bytes.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { type Participant, participantsIn } from '../../protocol/participants.ts';
import { studyScores } from '../../valuation/study-score.ts';
import type { MemberRow } from '../member-view.ts';

export interface MembersKnown {
  readonly self: Hex;
  readonly connected: readonly Hex[];
  /** Members that are cut off, and for how many seconds still. */
  readonly banned: ReadonlyMap<Hex, number>;
  /** The last round that each account announced. */
  readonly heard: ReadonlyMap<Hex, number>;
  /** What this member calls others. */
  readonly names: Readonly<Record<Hex, string>>;
}

/** What the ledger's part of the rows is; it changes only with the log. */
export interface LedgerRows {
  readonly participants: readonly Participant[];
  readonly total: ReadonlyMap<Hex, number | null>;
  readonly lastRound: ReadonlyMap<Hex, number>;
}

/** @param entries the study's log */
export function readLedgerRows(entries: readonly LedgerEntry[]): LedgerRows {
  const lastRound = new Map<Hex, number>();
  for (const { kind, record } of entries) {
    if (kind !== 'contribution') continue;
    lastRound.set(record.member, Math.max(record.round, lastRound.get(record.member) ?? 0));
  }
  return { participants: participantsIn(entries), total: studyScores(entries).total, lastRound };
}

/** Everybody who ever joined, by position. */
export function listMembers({ participants, total, lastRound }: LedgerRows, known: MembersKnown): MemberRow[] {
  return participants.map((participant) => {
    const { position, account, accounts, endRound } = participant;
    return {
      position,
      account,
      name: accounts.map((each) => known.names[each]).findLast((name) => name !== undefined) ?? null,
      connection: connectionOf(participant, known),
      bannedSeconds: known.banned.get(account) ?? null,
      heardRound: latest(accounts, known.heard),
      ledgerRound: latest(accounts, lastRound),
      endRound,
      totalMicros: total.get(account) ?? null,
    };
  });
}

function connectionOf({ account, accounts, endRound }: Participant, known: MembersKnown): MemberRow['connection'] {
  if (accounts.includes(known.self)) return 'self';
  if (known.banned.has(account)) return 'banned';
  if (known.connected.includes(account)) return 'connected';
  return endRound === null ? 'missing' : 'gone';
}

function latest(accounts: readonly Hex[], rounds: ReadonlyMap<Hex, number>): number | null {
  const known = accounts.flatMap((account) => rounds.get(account) ?? []);
  return known.length === 0 ? null : Math.max(...known);
}
