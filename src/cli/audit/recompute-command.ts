import { openSubject } from '../../audit/open-subject.ts';
import { readPreparedDataset } from '../../data/prepared-dataset.ts';
import { type RecomputedScores, recomputeScores } from '../../peer/recompute-scores.ts';
import { required, usageError } from '../command-line.ts';
import { formatTable } from '../format-table.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { showProgress } from '../show-progress.ts';
import { CHAIN_OPTIONS } from './chain-options.ts';
import { readSelection, SELECTION_OPTIONS } from './selection.ts';
import { withBundle } from './with-bundle.ts';

export const auditRecomputeCommand: Command = {
  spec: {
    usage: 'consilium audit recompute <bundle> --data <file> --member <account> --round <n> [options]',
    summary:
      "Repeats the scores that a member revealed of a round, on the member's held-out part: the mixes that lead there, then the loss of every\n" +
      'coalition. It runs where these data are, inside the member, and tells nothing of them but losses. Exit code 0 if loss and scores are\n' +
      'the same to the last digit, 3 if not: then the data are others, or the scores or their stated error were not measured. On the common test part, where there\n' +
      'is one, the loss must be the same, and the scores may differ.',
    positionals: true,
    options: {
      data: { type: 'string', value: '<file>', help: "the evaluator's held-out.dataset" },
      common: {
        type: 'string',
        value: '<file>',
        help: "instead of it the study's common.dataset, which anybody may have",
      },
      ...SELECTION_OPTIONS,
      ...CHAIN_OPTIONS,
      json: { type: 'boolean', help: 'print losses and scores as JSON' },
    },
    examples: ['consilium audit recompute evidence.car --data hospital-1/held-out.dataset --member 0x5cbd --round 3'],
  },
  run: (values, positionals, signal) =>
    withBundle({ values, positionals }, async ({ bundle, ledger }) => {
      const part = values.common === undefined ? 'heldOut' : 'common';
      if (part === 'common' && values.data !== undefined) throw usageError('give --data or --common, not both');
      const data = await readPreparedDataset(required(values, part === 'common' ? 'common' : 'data'));
      const { member, round } = readSelection(values, bundle.evidence.log);
      if (member === null || round === null) throw usageError('name --member and --round; see --help');
      const { subject } = await openSubject(bundle, ledger);
      const revealed = subject.valuations.find(
        (each) => each.round === round && member.accounts.includes(each.evaluator),
      );
      const evaluator = revealed?.evaluator ?? member.account;
      const onProgress = showProgress('replaying mix', values);
      const recomputed = await recomputeScores(subject, { evaluator, round, data, part, onProgress, signal });
      const matches = isSame(recomputed, part);
      process.stdout.write(
        values.json === true ? `${JSON.stringify({ matches, ...recomputed })}\n` : describe(recomputed, matches),
      );
      return matches ? EXIT_OK : EXIT_FINDINGS;
    }),
};

const isSame = ({ loss, scores, scoreErrorMicros }: RecomputedScores, part: 'heldOut' | 'common'): boolean =>
  loss.stated === loss.found &&
  (part === 'common' ||
    (scoreErrorMicros.stated === scoreErrorMicros.found && scores.every(({ revealed, found }) => revealed === found)));

function describe({ loss, scores, scoreErrorMicros, isReproducible }: RecomputedScores, matches: boolean): string {
  const write = (score: number | null): string => (score === null ? '–' : String(score));
  const rows = scores.map(({ member, revealed, found }) => [member, write(revealed), write(found)]);
  const engine = 'the evaluator used an engine that need not come to the same last digits as this one';
  return [
    `loss of the base: ${loss.stated} stated, ${loss.found} found`,
    '',
    formatTable(['score of, in millionths', 'revealed', 'found'], rows),
    '',
    ...(scoreErrorMicros.stated === scoreErrorMicros.found && scoreErrorMicros.found === null
      ? []
      : [`largest standard error: ${write(scoreErrorMicros.stated)} stated, ${write(scoreErrorMicros.found)} found`]),
    ...(isReproducible ? [] : [engine]),
    verdictOf({ loss, scores }, matches),
    '',
  ].join('\n');
}

function verdictOf({ loss, scores }: Pick<RecomputedScores, 'loss' | 'scores'>, matches: boolean): string {
  if (loss.stated !== loss.found) return 'MISMATCH: another loss, so other data or a false figure';
  if (!matches) return 'MISMATCH: other scores, or another standard error of them';
  return scores.every(({ revealed, found }) => revealed === found)
    ? 'loss and scores are the same'
    : 'the loss is the same';
}
