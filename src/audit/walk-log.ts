import type { Hex } from '../base/bytes.ts';
import { ZERO_DIGEST } from '../base/bytes.ts';
import type { Contribution } from '../protocol/contribution.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import { headCount } from '../protocol/head-word.ts';
import { hashContent, initialHead, type LedgerEntry, linkedHead } from '../protocol/ledger-entry.ts';
import type { Valuation } from '../protocol/valuation.ts';
import type { FindingCode, Place } from './finding.ts';

/** Goes through a log entry by entry, and remembers of each account what the next entries are held to. */
export interface LogWalk {
  /** @returns the struct hash of the entry's record; null if no record can be like that */
  step(entry: LedgerEntry): { readonly hash: Hex | null };
  /** True for an account that joined. */
  isParticipant(account: Hex): boolean;
  /** Accounts that joined, in the order in which they did. */
  participants(): Hex[];
  /** True for a contribution that a participant may have signed last, before anybody heard of it. */
  mayBeUnfinished(member: Hex, round: number): boolean;
}

/** The ledger keeps an account's last four commitments (docs/PROTOCOL.md, W7). */
const COMMITMENTS_KEPT = 4;

interface AccountState {
  hasJoined: boolean;
  lastRound: number;
  /** By the round that was scored; false once opened. */
  commitments: { round: number; hash: Hex; isOpen: boolean }[];
}

type Report = (code: FindingCode, message: string, place: Place) => void;

export function createLogWalk(about: LedgerDomain & { readonly study: Hex }, report: Report): LogWalk {
  let head = initialHead(about, about.study);
  const accounts = new Map<Hex, AccountState>();
  const stateOf = (account: Hex): AccountState => {
    const state = accounts.get(account) ?? { hasJoined: false, lastRound: -1, commitments: [] };
    accounts.set(account, state);
    return state;
  };
  return {
    step: (entry) => {
      const hash = tryHash(entry);
      const sequence = headCount(head);
      const follows = hash !== null && linkedHead(head, { kind: entry.kind, hash }) === entry.head;
      if (!follows || entry.sequence !== sequence || entry.record.study !== about.study) {
        report('audit/log-broken', `the log does not lead to its head at entry ${sequence}`, { sequence });
      }
      head = entry.head;
      if (entry.kind === 'joined') stateOf(entry.record.member).hasJoined = true;
      if (entry.kind === 'contribution') contribute(stateOf(entry.record.member), entry, report);
      if (entry.kind === 'valuation') reveal(stateOf(entry.record.evaluator), { ...entry, hash }, report);
      if (entry.kind === 'equivocated') {
        const { member, round } = entry.record;
        report('audit/equivocation', 'the member signed two different contributions for one round', {
          member,
          round,
          sequence,
        });
      }
      return { hash };
    },
    participants: () => [...accounts].flatMap(([account, { hasJoined }]) => (hasJoined ? account : [])),
    isParticipant: (account) => accounts.get(account)?.hasJoined === true,
    mayBeUnfinished: (member, round) => {
      const state = accounts.get(member);
      return state !== undefined && state.hasJoined && round > state.lastRound;
    },
  };
}

/** A node may tell of numbers that no record can hold. */
function tryHash(entry: LedgerEntry): Hex | null {
  try {
    return hashContent(entry);
  } catch {
    return null;
  }
}

function contribute(
  state: AccountState,
  { record, sequence }: { record: Contribution; sequence: number },
  report: Report,
): void {
  const { member, round, scoreCommitment } = record;
  if (round <= state.lastRound) {
    report('audit/record-duplicate', 'a contribution of a round that is not after the one before', {
      member,
      round,
      sequence,
    });
  }
  state.lastRound = round;
  if (scoreCommitment === ZERO_DIGEST) return;
  state.commitments = [...state.commitments, { round: round - 1, hash: scoreCommitment, isOpen: true }].slice(
    -COMMITMENTS_KEPT,
  );
}

function reveal(
  state: AccountState,
  { record, sequence, hash }: { record: Valuation; sequence: number; hash: Hex | null },
  report: Report,
): void {
  const { evaluator: member, round } = record;
  const commitment = state.commitments.find((kept) => kept.round === round);
  const place = { member, round, sequence };
  if (commitment === undefined || commitment.hash !== hash) {
    report(
      'audit/valuation-mismatch',
      'the scores open no commitment that the evaluator made and the ledger still kept',
      place,
    );
  } else if (!commitment.isOpen) {
    report('audit/record-duplicate', 'a second valuation for one round', place);
  } else {
    commitment.isOpen = false;
  }
}
