import { type MixOutcome, replayStudy, type StudyReplay } from '../../audit/replay-study.ts';
import { usageError } from '../command-line.ts';
import { formatTable } from '../format-table.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { showProgress } from '../show-progress.ts';
import { CHAIN_OPTIONS } from './chain-options.ts';
import { describeFindings } from './describe-findings.ts';
import { describeSource } from './describe-source.ts';
import { readSelection, SELECTION_OPTIONS } from './selection.ts';
import { withBundle } from './with-bundle.ts';

export const auditReplayCommand: Command = {
  spec: {
    usage: 'consilium audit replay <bundle> [options]',
    summary:
      'Repeats mixes bit for bit from the initial model on: whom the seed chose, weights, clipping, result. All of them, or those of one\n' +
      "member or round with what they follow from. 'audit verify' does it too, and checks the records besides. Exit code 0 if all came\n" +
      'out the same, 3 if not.',
    positionals: true,
    options: {
      ...SELECTION_OPTIONS,
      ...CHAIN_OPTIONS,
      json: { type: 'boolean', help: 'print mixes, findings and notices as JSON' },
    },
    examples: [
      'consilium audit replay evidence.car',
      'consilium audit replay evidence.car --member 0x5cbd --round 3 --rpc http://127.0.0.1:8545 --contract 0x…',
    ],
  },
  run: (values, positionals) =>
    withBundle({ values, positionals }, async ({ bundle, ledger }) => {
      const { member, round } = readSelection(values, bundle.evidence.log);
      const scope = { accounts: member?.accounts ?? null, round };
      const replay = await replayStudy(bundle, { ledger, scope, onProgress: showProgress('replaying mix', values) });
      if (replay.mixes.length === 0 && replay.findings.length === 0) {
        throw usageError(
          "nothing was mixed there; 'consilium audit list' shows the rounds that members contributed to",
        );
      }
      process.stdout.write(values.json === true ? `${JSON.stringify(replay)}\n` : describeReplay(replay));
      return isClean(replay) ? EXIT_OK : EXIT_FINDINGS;
    }),
};

const isClean = ({ mixes, findings }: StudyReplay): boolean =>
  findings.length === 0 && mixes.every(({ isReproduced }) => isReproduced);

function describeReplay(replay: StudyReplay): string {
  const rows = [...Map.groupBy(replay.mixes, ({ member }) => member)].map(([member, mixes]) => [
    member,
    String(mixes.length),
    String(mixes.filter(({ isReproduced }) => isReproduced).length),
    roundsOf(mixes.filter(({ isReproduced }) => !isReproduced)),
  ]);
  return [
    describeSource(replay),
    '',
    formatTable(['member', 'mixes', 'repeated', 'not repeated'], rows),
    '',
    describeFindings(replay.findings, replay.notices),
    '',
  ].join('\n');
}

/** The first few rounds by number. */
function roundsOf(mixes: readonly MixOutcome[]): string {
  const rounds = mixes.slice(0, 5).map(({ round }) => round);
  return rounds.join(', ') + (mixes.length > rounds.length ? ', …' : '');
}
