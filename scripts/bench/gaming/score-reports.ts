import { type Hex, ZERO_DIGEST } from '../../../src/base/bytes.ts';
import type { LedgerEntry } from '../../../src/protocol/ledger-entry.ts';
import { packScores } from '../../../src/protocol/valuation.ts';
import { type StudyRank, studyRanks } from '../../../src/valuation/study-ranks.ts';
import { studyScores } from '../../../src/valuation/study-score.ts';

/** `reports[round][evaluator][member]`, in millionths of a nat. */
export type Reports = readonly (readonly (readonly number[])[])[];

const accountOf = (i: number): Hex => `0x${(i + 1).toString(16).padStart(40, '0')}`;

/** The log of a study in which everybody joined and revealed these reports. */
export function logOf(reports: Reports): LedgerEntry[] {
  const study = ZERO_DIGEST;
  const place = { sequence: 0, head: ZERO_DIGEST, blockNumber: 0, transaction: ZERO_DIGEST };
  const members = reports[0]?.[0]?.map((_, i) => i) ?? [];
  const joined = members.map((position): LedgerEntry => {
    const record = { study, member: accountOf(position), position, firstRound: 0, dataCommitment: ZERO_DIGEST };
    return { ...place, kind: 'joined', record };
  });
  const revealed = reports.flatMap((ofRound, round) =>
    ofRound.map((scores, i): LedgerEntry => {
      const record = { study, round, evaluator: accountOf(i), scores: packScores(scores), salt: ZERO_DIGEST };
      return { ...place, kind: 'valuation', record };
    }),
  );
  return [...joined, ...revealed];
}

/** The study's scores as anybody computes them from the log. */
export function medianScores(reports: Reports): number[] {
  return [...studyScores(logOf(reports)).total.values()].map((score) => score ?? 0);
}

/** The control: sums of means over all reports, one's own among them. */
export function naiveScores(reports: Reports): number[] {
  const members = reports[0]?.[0]?.map((_, i) => i) ?? [];
  const mean = (ofRound: Reports[number], member: number): number =>
    ofRound.reduce((sum, scores) => sum + (scores[member] ?? 0), 0) / ofRound.length;
  return members.map((member) => reports.reduce((sum, ofRound) => sum + mean(ofRound, member), 0));
}

/** Ranks as anybody computes them from the log. */
export function pairwiseRanks(reports: Reports): StudyRank[] {
  return studyRanks(logOf(reports)).flatMap((rank) => rank ?? []);
}

/** Ranks by scores: 1 for the largest. */
export function ranksOf(scores: readonly number[]): number[] {
  return scores.map((own) => 1 + scores.filter((score) => score > own).length);
}
