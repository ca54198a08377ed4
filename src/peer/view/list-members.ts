import type { Hex } from '../../base/bytes.ts';
import type { Participant } from '../../protocol/participants.ts';
import type { MemberRow } from '../member-view.ts';
import type { LogFacts } from './read-log.ts';

export interface MembersKnown {
  readonly self: Hex;
  /** Of the study; the record of this round closes a member's part. */
  readonly rounds: number;
  readonly connected: readonly Hex[];
  /** Members that are cut off, and for how many seconds still. */
  readonly banned: ReadonlyMap<Hex, number>;
  /** The last round that each account announced. */
  readonly heard: ReadonlyMap<Hex, number>;
  /** What this member calls others. */
  readonly names: Readonly<Record<Hex, string>>;
}

/** Everybody who ever joined, by position. */
export function listMembers({ participants, scores, lastRound }: LogFacts, known: MembersKnown): MemberRow[] {
  return participants.map((participant) => {
    const { position, account, accounts, endRound } = participant;
    const [heardRound, ledgerRound] = [latest(accounts, known.heard), latest(accounts, lastRound)];
    const hasClosed = Math.max(heardRound ?? 0, ledgerRound ?? 0) >= known.rounds;
    return {
      position,
      account,
      name: accounts.map((each) => known.names[each]).findLast((name) => name !== undefined) ?? null,
      connection: connectionOf(participant, known) ?? (endRound !== null ? 'gone' : hasClosed ? 'closed' : 'missing'),
      bannedSeconds: known.banned.get(account) ?? null,
      heardRound,
      ledgerRound,
      endRound,
      totalMicros: scores.total.get(account) ?? null,
    };
  });
}

/** Null for who is neither here nor cut off. */
function connectionOf(
  { account, accounts }: Participant,
  { self, banned, connected }: MembersKnown,
): 'self' | 'banned' | 'connected' | null {
  if (accounts.includes(self)) return 'self';
  if (banned.has(account)) return 'banned';
  return connected.includes(account) ? 'connected' : null;
}

function latest(accounts: readonly Hex[], rounds: ReadonlyMap<Hex, number>): number | null {
  const known = accounts.flatMap((account) => rounds.get(account) ?? []);
  return known.length === 0 ? null : Math.max(...known);
}
