import { parseArgs } from 'node:util';

export interface MutationOptions {
  readonly seed: number;
  /** At most so many mutants, drawn by the seed; all without it. */
  readonly sample: number | undefined;
  /** Stops trying mutants after so long. */
  readonly budgetSeconds: number;
  readonly json: boolean;
  /** Survivors get all runs of the project's configuration, not only the few of the first look. */
  readonly thorough: boolean;
  /** Only mutants of files that match. */
  readonly files: RegExp | undefined;
  /** Leaves out the suites whose `file:contract` matches. */
  readonly skipSuites: RegExp | undefined;
  /** The contract whose own tests are taken away, to see that the score falls. */
  readonly control: string | undefined;
}

const QUICK_SAMPLE = 150;
const QUICK_SECONDS = 30;

/** @throws TypeError at an option that does not exist */
export function parseMutationOptions(args: readonly string[]): MutationOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      sample: { type: 'string' },
      'budget-seconds': { type: 'string' },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      files: { type: 'string' },
      'skip-suites': { type: 'string' },
      control: { type: 'string' },
    },
  });
  const control = values.control;
  const sample = values.sample ?? (values.quick ? String(QUICK_SAMPLE) : undefined);
  const budget = values['budget-seconds'] ?? (values.quick ? String(QUICK_SECONDS) : '3600');
  return {
    seed: wholeNumber('seed', values.seed),
    sample: sample === undefined ? undefined : wholeNumber('sample', sample),
    budgetSeconds: wholeNumber('budget-seconds', budget),
    json: values.json,
    thorough: !values.quick && control === undefined,
    files: expression(control === undefined ? values.files : `/${control}\\.sol$`),
    skipSuites: expression(values['skip-suites']),
    control,
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new TypeError(`--${name} must be a whole number, not '${text}'`);
  return Number(text);
}

function expression(text: string | undefined): RegExp | undefined {
  return text === undefined ? undefined : new RegExp(text);
}
