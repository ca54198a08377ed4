import type { Finding } from '../../audit/finding.ts';
import { type ListedEntry, listEntries } from '../../audit/list-entries.ts';
import { LISTED_KINDS, type ListedKind } from '../../audit/listed-kinds.ts';
import type { ReportSource } from '../../audit/open-subject.ts';
import { readStudyLog } from '../../audit/read-study-log.ts';
import type { LedgerReader } from '../../ledger/ledger.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { type OptionValues, usageError } from '../command-line.ts';
import { formatTable } from '../format-table.ts';
import type { Command } from '../run-command.ts';
import { CHAIN_OPTIONS, connectIfAsked } from './chain-options.ts';
import { describeEntry } from './describe-entry.ts';
import { describeFindings } from './describe-findings.ts';
import { describeSource } from './describe-source.ts';
import { listStudies } from './list-studies.ts';
import { FORMAT_OPTIONS, printReport, requireOneForm } from './print-report.ts';
import { readLedgerStudy } from './read-ledger-study.ts';
import { readSelection, SELECTION_OPTIONS } from './selection.ts';
import { CONTRIBUTION_FIELDS, entriesSheet } from './sheets.ts';
import { withBundle } from './with-bundle.ts';

export const auditListCommand: Command = {
  spec: {
    usage: 'consilium audit list [<bundle>] [options]',
    summary:
      "Lists what is in a study's log: entries with their place, round and member. From a bundle, or from a chain with --study; with\n" +
      'neither, the studies of a ledger. Beside a bundle, signed contributions that the log lacks are listed too, without a place.',
    positionals: true,
    options: {
      study: {
        type: 'string',
        value: '<id>',
        help: 'a study of the chain, or enough of the beginning of its name; without a bundle',
      },
      ...SELECTION_OPTIONS,
      kind: { type: 'string', value: '<kind>', help: `only these: ${LISTED_KINDS.join(', ')}` },
      ...CHAIN_OPTIONS,
      ...FORMAT_OPTIONS,
    },
    examples: [
      'consilium audit list --rpc http://127.0.0.1:8545 --contract 0x…',
      'consilium audit list evidence.car --member 0x5cbd --kind contribution',
    ],
  },
  async run(values, positionals) {
    requireOneForm(values);
    const kind = readKind(values);
    if (positionals.length > 0) {
      if (values.study !== undefined) throw usageError('a bundle has one study; --study is for a chain');
      return withBundle({ values, positionals }, async ({ bundle, ledger }) => {
        const { study, chainId, contract, announcements } = bundle.evidence;
        const { log, findings } = await readStudyLog(bundle, ledger);
        const rows = listEntries(log, announcements, { ...filterOf(values, log), kind });
        return printEntries(values, { study, chainId, contract, chainRead: ledger !== null, rows, findings });
      });
    }
    const ledger = await connectIfAsked(values);
    if (ledger === null) throw usageError('name a bundle, or a chain by --rpc and --contract; see --help');
    try {
      return values.study === undefined ? await listStudies(values, ledger) : await listOfLedger(values, ledger, kind);
    } finally {
      ledger.close();
    }
  },
};

interface EntryList extends ReportSource {
  readonly rows: readonly ListedEntry[];
  readonly findings: readonly Finding[];
}

async function listOfLedger(values: OptionValues, ledger: LedgerReader, kind: ListedKind | null): Promise<number> {
  const { study, log, findings } = await readLedgerStudy(ledger, String(values.study));
  const rows = listEntries(log, null, { ...filterOf(values, log), kind });
  return printEntries(values, { study, ...ledger.domain, chainRead: true, rows, findings });
}

function filterOf(values: OptionValues, log: readonly LedgerEntry[]) {
  const { member, round } = readSelection(values, log);
  return { accounts: member?.accounts ?? null, round };
}

function readKind({ kind }: OptionValues): ListedKind | null {
  const found = LISTED_KINDS.find((each) => each === kind);
  if (kind === undefined || found !== undefined) return found ?? null;
  throw usageError(`--kind ${kind} is none of ${LISTED_KINDS.join(', ')}`);
}

function printEntries(values: OptionValues, list: EntryList): number {
  return printReport(values, {
    json: list,
    sheet: () => entriesSheet(list.rows, [...CONTRIBUTION_FIELDS, 'position', 'dataCommitment']),
    text: () => describe(list),
  });
}

function describe(list: EntryList): string {
  const rows = list.rows.map((row) => [
    String(row.entry ?? '–'),
    row.kind,
    String(row.round ?? ''),
    row.member ?? '',
    describeEntry(row),
  ]);
  return [
    describeSource(list),
    '',
    formatTable(['entry', 'kind', 'round', 'member', 'says'], rows, [1, 3, 4]),
    '',
    `${rows.length} listed`,
    describeFindings(list.findings, []),
    '',
  ].join('\n');
}
