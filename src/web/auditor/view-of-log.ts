import { setImmediate as giveWay } from 'node:timers/promises';
import { runStepsApart } from '../../base/run-steps.ts';
import { isClosing } from '../../protocol/contribution.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { type ParticipationTerms, participation } from '../../protocol/participation.ts';
import { agreeInSteps } from '../../valuation/agreement.ts';
import { type ScoreReport, scoreReports } from '../../valuation/score-reports.ts';
import { rankInSteps } from '../../valuation/study-ranks.ts';
import { studyScores } from '../../valuation/study-score.ts';
import type { AuditView, MemberRow } from './audit-view.ts';
import { totalValuation, valuationRounds } from './valuation-rounds.ts';

/** What the log alone tells, with room for other work in between. @param terms when somebody is expected, and late */
export async function viewOfLog(
  log: readonly LedgerEntry[],
  terms: ParticipationTerms,
): Promise<Pick<AuditView, 'head' | 'entries' | 'members' | 'valuations' | 'valuationTotal'>> {
  const reports = scoreReports(log);
  await giveWay();
  const counts = Map.groupBy(log, (entry) =>
    entry.kind === 'contribution' && isClosing(entry.record) ? 'closing' : entry.kind,
  );
  const members = await memberRows(log, terms, reports);
  const valuations = valuationRounds(log, reports);
  return {
    head: log.at(-1)?.head ?? null,
    entries: Object.fromEntries([...counts].map(([kind, entries]) => [kind, entries.length])),
    members,
    valuations,
    valuationTotal: totalValuation(valuations, members.length),
  };
}

async function memberRows(
  log: readonly LedgerEntry[],
  terms: ParticipationTerms,
  reports: readonly ScoreReport[],
): Promise<MemberRow[]> {
  const scores = studyScores(log, reports);
  const ranks = await runStepsApart(rankInSteps(log, reports));
  const agreements = await runStepsApart(agreeInSteps(log, reports));
  const records = Map.groupBy(
    log.flatMap((entry) => (entry.kind === 'contribution' ? entry.record : [])),
    ({ member }) => member,
  );
  return participation(log, terms).map(({ participant, rounds: parts }, i) => {
    const { account, accounts, position, endRound } = participant;
    const own = accounts.flatMap((each) => records.get(each) ?? []);
    const trained = own.filter((record) => !isClosing(record));
    return {
      position,
      name: null,
      account,
      accounts,
      samples: trained.length === 0 ? null : Math.max(...trained.map(({ samples }) => samples)),
      scoreMicros: scores.total.get(account) ?? null,
      rank: ranks[i] ?? null,
      tracedMicros: null,
      agreement: agreements[i] ?? null,
      epsilonMicros: Math.max(0, ...own.map(({ epsilonMicros }) => epsilonMicros)),
      parts,
      finalModel: own.find(isClosing)?.base ?? null,
      endRound,
    };
  });
}
