import { type PrivacyPlan, planPrivacy } from '../privacy/privacy-plan.ts';
import { number, required, wholeNumber } from './command-line.ts';
import { formatTable } from './format-table.ts';
import { type Command, EXIT_OK } from './run-command.ts';

const MAX_COUNT = 1e8;

export const privacyPlanCommand: Command = {
  spec: {
    usage: 'consilium privacy plan --epsilon <n> --records <n> [options]',
    summary:
      'Which noise a study needs so that no record costs more than ε, and how ε grows with the rounds, before anyone trains. A member with\n' +
      'fewer records spends more: give those of the smallest one.',
    options: {
      epsilon: { type: 'string', value: '<n>', help: 'the budget of all rounds together' },
      delta: { type: 'string', value: '<n>', default: '1e-5', help: 'δ; below one over the number of records' },
      records: { type: 'string', value: '<n>', help: 'training records of the smallest member' },
      batch: { type: 'string', value: '<n>', default: '32', help: 'expected records in a batch' },
      rounds: { type: 'string', value: '<n>', default: '20', help: 'rounds of the study' },
      epochs: { type: 'string', value: '<n>', default: '1', help: 'passes over the records in a round' },
      'steps-per-round': { type: 'string', value: '<n>', help: 'batches in a round, instead of --epochs' },
      json: { type: 'boolean', help: 'print JSON' },
    },
    examples: ['consilium privacy plan --epsilon 8 --records 940 --batch 32 --rounds 30'],
  },
  async run(values) {
    required(values, 'records');
    required(values, 'epsilon');
    const bounds = { min: 1, max: MAX_COUNT };
    const records = wholeNumber(values, 'records', bounds);
    const batchSize = wholeNumber(values, 'batch', { min: 1, max: records });
    const stepsPerRound =
      values['steps-per-round'] === undefined
        ? Math.max(1, Math.round((number(values, 'epochs') * records) / batchSize))
        : wholeNumber(values, 'steps-per-round', bounds);
    const rounds = wholeNumber(values, 'rounds', bounds);
    const delta = number(values, 'delta');
    const terms = { epsilon: number(values, 'epsilon'), delta, records, batchSize, rounds, stepsPerRound };
    const plan = planPrivacy(terms);
    process.stdout.write(
      values.json === true ? `${JSON.stringify({ ...terms, ...plan })}\n` : describe(plan, { records, delta }),
    );
    return EXIT_OK;
  },
};

function describe(plan: PrivacyPlan, { records, delta }: { records: number; delta: number }): string {
  const rows = plan.spend.map(({ rounds, epsilon }) => [String(rounds), epsilon.toFixed(3)]);
  return [
    `noise multiplier   ${plan.noiseMultiplier.toFixed(4)}`,
    `sampling rate      ${plan.samplingRate.toFixed(6)} over ${plan.steps} steps`,
    `noise on the mean  ${plan.noiseOnMean.toFixed(5)} clipping norms in every parameter`,
    `epsilon            ${plan.epsilonPld.toFixed(4)} by loss distribution, ${plan.epsilonRdp.toFixed(4)} by Rényi, at delta ${delta}`,
    ...(delta * records >= 1
      ? [`warning            delta is not below 1 / ${records}: it would allow whole records out`]
      : []),
    '',
    formatTable(['after rounds', 'epsilon'], rows),
    '',
  ].join('\n');
}
