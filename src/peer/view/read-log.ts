import type { Hex } from '../../base/bytes.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { type Participant, participantsIn } from '../../protocol/participants.ts';
import { type ScoreReport, scoreReports } from '../../valuation/score-reports.ts';
import { type StudyScores, studyScores } from '../../valuation/study-score.ts';

/** What a member's page takes from the study's log. */
export interface LogFacts {
  readonly participants: readonly Participant[];
  readonly scores: StudyScores;
  readonly reports: readonly ScoreReport[];
  /** The last round that each account has recorded. */
  readonly lastRound: ReadonlyMap<Hex, number>;
}

/** @param entries the study's log */
export function readLog(entries: readonly LedgerEntry[]): LogFacts {
  const lastRound = new Map<Hex, number>();
  for (const { kind, record } of entries) {
    if (kind !== 'contribution') continue;
    lastRound.set(record.member, Math.max(record.round, lastRound.get(record.member) ?? 0));
  }
  const reports = scoreReports(entries);
  return { participants: participantsIn(entries), scores: studyScores(entries, reports), reports, lastRound };
}
