import type { Hex } from '../../base/bytes.ts';
import type { Participant } from '../../protocol/participants.ts';
import type { MemberRow } from '../member-view.ts';
import type { LogFacts } from './read-log.ts';

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

/** Everybody who ever joined, by position. */
export function listMembers({ participants, scores, lastRound }: LogFacts, known: MembersKnown): MemberRow[] {
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
      totalMicros: scores.total.get(account) ?? null,
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
