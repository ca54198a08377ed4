import type { Hex } from '../base/bytes.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { unpackScores } from '../protocol/valuation.ts';

/** One score that was revealed. */
export interface RevealedScore {
  /** Its place in the log. */
  readonly entry: number;
  readonly round: number;
  readonly evaluator: Hex;
  /** Whose contribution was scored, by its present account. */
  readonly member: Hex;
  readonly scoreMicros: number;
  /** True for what a member says of itself, which counts nowhere. */
  readonly isOwn: boolean;
}

/** In the order of the log, then of positions; scores of positions that nobody holds are left out, the audit names them. */
export function listScores(log: readonly LedgerEntry[]): RevealedScore[] {
  const participants = participantsIn(log);
  return log.flatMap((entry): RevealedScore[] => {
    if (entry.kind !== 'valuation') return [];
    const { round, evaluator, scores } = entry.record;
    return unpackScores(scores).flatMap((scoreMicros, position) => {
      const scored = participants[position];
      if (scoreMicros === null || scored === undefined) return [];
      const [member, isOwn] = [scored.account, scored.accounts.includes(evaluator)];
      return [{ entry: entry.sequence, round, evaluator, member, scoreMicros, isOwn }];
    });
  });
}
