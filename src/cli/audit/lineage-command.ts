import { type LineageRow, type ModelLineage, modelLineage, sharesByMember } from '../../audit/model-lineage.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { participantsIn } from '../../protocol/participants.ts';
import { required } from '../command-line.ts';
import { formatTable } from '../format-table.ts';
import type { Command } from '../run-command.ts';
import { CHAIN_OPTIONS } from './chain-options.ts';
import { describeFindings } from './describe-findings.ts';
import { describeSource } from './describe-source.ts';
import { formatRounds } from './format-rounds.ts';
import { FORMAT_OPTIONS, printReport, requireOneForm } from './print-report.ts';
import { reportTaint } from './report-taint.ts';
import { readSelection, SELECTION_OPTIONS } from './selection.ts';
import { sheetOf } from './sheet.ts';
import { withBundle } from './with-bundle.ts';

export const auditLineageCommand: Command = {
  spec: {
    usage: 'consilium audit lineage <bundle> --member <account> | --tainted-by <account> [options]',
    summary:
      "Shows which contributions a member's model is made of, and how much of each is in it, by following the recipes back to the initial\n" +
      'model. A weight of 1 means that all that a training changed is there; the weights of one round sum to 1, or to less where clipping\n' +
      "held something back. Recipes are taken at their word: 'consilium audit replay' repeats them. The share is of all training in it.\n" +
      'With --tainted-by it shows the other direction: every model that the work of a member reached, and the last ones without it.',
    positionals: true,
    options: {
      ...SELECTION_OPTIONS,
      round: {
        ...SELECTION_OPTIONS.round,
        help: 'the round that began from the model; without it the newest, or final, one',
      },
      'tainted-by': {
        type: 'string',
        value: '<account>',
        help: 'the member whose work is followed into the models of all',
      },
      ...CHAIN_OPTIONS,
      ...FORMAT_OPTIONS,
    },
    examples: [
      'consilium audit lineage evidence.car --member 0x5cbd',
      'consilium audit lineage evidence.car --member 0x5cbd --round 3 --csv',
      'consilium audit lineage evidence.car --tainted-by 0x5cbd',
    ],
  },
  run(values, positionals) {
    requireOneForm(values);
    if (values['tainted-by'] !== undefined) {
      return withBundle({ values, positionals }, (source) => reportTaint(values, source));
    }
    required(values, 'member');
    return withBundle({ values, positionals }, async ({ bundle, ledger }) => {
      const { log } = bundle.evidence;
      const { member, round } = readSelection(values, log);
      const lineage = await modelLineage(bundle, { ledger, accounts: member?.accounts ?? [], round });
      return printReport(values, {
        json: { ...lineage, members: sharesByMember(lineage.rows, log) },
        sheet: () => sheetOf(['round', 'member', 'weight', 'share', 'update', 'entry'], lineage.rows),
        text: () => describe(lineage, log),
      });
    });
  },
};

function describe(lineage: ModelLineage, log: readonly LedgerEntry[]): string {
  const { member, round, model, isFinal, rows, unknown, findings } = lineage;
  const members = sharesByMember(rows, log).map((each) => [
    each.member,
    String(each.trainings),
    `${(100 * each.share).toFixed(2)} %`,
  ]);
  return [
    describeSource(lineage),
    `model ${model}: ${isFinal ? 'final, of' : `what round ${round} began from, of`} ${member}`,
    '',
    formatTable(['member', 'trainings', 'share'], members),
    '',
    ...(rows.length === 0
      ? ['no training is known to be in it']
      : ['weight of each round:', '', weightsByRound(rows, log)]),
    '',
    ...unknown.map(
      (base) =>
        `not known: what went into the base of ${base.member} in round ${base.round}, which has a weight of ${base.weight.toFixed(4)} here`,
    ),
    describeFindings(findings, []),
    '',
  ].join('\n');
}

function weightsByRound(rows: readonly LineageRow[], log: readonly LedgerEntry[]): string {
  const rounds = Math.max(...rows.map(({ round }) => round)) + 1;
  const accounts = participantsIn(log).flatMap((participant) => participant.accounts);
  const cells = accounts.map((account) => {
    const own = rows.filter(({ member }) => member === account);
    const weights = new Map(own.map(({ round, weight }) => [round, weight.toFixed(3)]));
    return [account, Array.from({ length: rounds }, (_, round) => weights.get(round) ?? '.')] as const;
  });
  return formatRounds(new Map(cells));
}
