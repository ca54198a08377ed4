import type { LedgerReader, StudyState } from '../../ledger/ledger.ts';
import type { OptionValues } from '../command-line.ts';
import { formatTable } from '../format-table.ts';
import { printReport } from './print-report.ts';
import { sheetOf } from './sheet.ts';

const COLUMNS = [
  'study',
  'blockNumber',
  'state',
  'rounds',
  'participants',
  'maximumMembers',
  'length',
  'head',
] as const;

/** Prints the studies of a ledger. @returns the exit code @throws LedgerError */
export async function listStudies(values: OptionValues, ledger: LedgerReader): Promise<number> {
  const opened = await ledger.studies();
  const states = await Promise.all(opened.map(({ study }) => ledger.study(study)));
  const rows = opened.flatMap(({ study, blockNumber }, i) => {
    const found = states[i];
    return found ? [{ study, blockNumber, state: stateOf(found), ...found }] : [];
  });
  const { chainId, contract } = ledger.domain;
  const columns = ['study', 'since block', 'state', 'rounds', 'members', 'entries'];
  const lines = rows.map((row) => [
    row.study,
    String(row.blockNumber),
    row.state,
    String(row.rounds),
    `${row.participants} of ${row.maximumMembers}`,
    String(row.length),
  ]);
  return printReport(values, {
    json: { chainId, contract, rows, findings: [] },
    sheet: () => sheetOf(COLUMNS, rows),
    text: () => [`ledger ${contract} on chain ${chainId}`, '', formatTable(columns, lines), ''].join('\n'),
  });
}

const stateOf = ({ open }: StudyState): 'open' | 'closed' => (open ? 'open' : 'closed');
