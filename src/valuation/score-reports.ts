import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { unpackScores } from '../protocol/valuation.ts';

/** What one participant revealed of one round. */
export interface ScoreReport {
  readonly round: number;
  /** Position of the evaluator. */
  readonly evaluator: number;
  /** Scores in millionths by position; null for who was not scored, and for the evaluator itself. */
  readonly scores: readonly (number | null)[];
}

/**
 * The revealed scores of a study's log, in its order, without what evaluators say of themselves. Of a participant whose account was
 * replaced only the first report of a round counts, so that nobody is heard twice; who is no participant is not heard.
 */
export function scoreReports(entries: readonly LedgerEntry[]): ScoreReport[] {
  const participants = participantsIn(entries);
  const positions = new Map(
    participants.flatMap(({ accounts }, i) => accounts.map((account) => [account, i] as const)),
  );
  const heard = new Set<string>();
  return entries.flatMap((entry): ScoreReport[] => {
    if (entry.kind !== 'valuation') return [];
    const { round, evaluator: account, scores } = entry.record;
    const evaluator = positions.get(account);
    if (evaluator === undefined || heard.has(`${round}/${evaluator}`)) return [];
    heard.add(`${round}/${evaluator}`);
    const unpacked = unpackScores(scores);
    return [{ round, evaluator, scores: participants.map((_, p) => (p === evaluator ? null : (unpacked[p] ?? null))) }];
  });
}
