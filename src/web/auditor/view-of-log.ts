import { isClosing } from '../../protocol/contribution.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { type ParticipationTerms, participation } from '../../protocol/participation.ts';
import { evaluatorAgreements } from '../../valuation/agreement.ts';
import { studyRanks } from '../../valuation/study-ranks.ts';
import { studyScores } from '../../valuation/study-score.ts';
import type { AuditView, MemberRow } from './audit-view.ts';
import { valuationRounds } from './valuation-rounds.ts';

/** What the log alone tells. @param terms when somebody is expected, and late */
export function viewOfLog(
  log: readonly LedgerEntry[],
  terms: ParticipationTerms,
): Pick<AuditView, 'head' | 'entries' | 'members' | 'valuations'> {
  const counts = Map.groupBy(log, (entry) =>
    entry.kind === 'contribution' && isClosing(entry.record) ? 'closing' : entry.kind,
  );
  return {
    head: log.at(-1)?.head ?? null,
    entries: Object.fromEntries([...counts].map(([kind, entries]) => [kind, entries.length])),
    members: memberRows(log, terms),
    valuations: valuationRounds(log),
  };
}

function memberRows(log: readonly LedgerEntry[], terms: ParticipationTerms): MemberRow[] {
  const [scores, ranks, agreements] = [studyScores(log), studyRanks(log), evaluatorAgreements(log)];
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
