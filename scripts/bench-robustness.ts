import { usageError, wholeNumber } from '../src/cli/command-line.ts';
import { formatTable } from '../src/cli/format-table.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { ATTACKS, type AttackName } from './bench/robustness/attacks.ts';
import { benchRules } from './bench/robustness/bench-rules.ts';
import { measureRows, type RobustnessRow, type RowPlan } from './bench/robustness/robustness-rows.ts';
import { measureCosts, type RuleCost } from './bench/robustness/rule-cost.ts';
import { digitsTask, pneumoniaNetworkTask, pneumoniaTask, type Task, wdbcTask } from './bench/robustness/tasks.ts';

const NAMES = benchRules(2, 10).map(({ name }) => name);
const ATTACK_NAMES: readonly (AttackName | 'none')[] = ['none', ...ATTACKS.map(({ name }) => name)];

const benchRobustness: Command = {
  spec: {
    usage: 'npm run bench:robustness -- [options]',
    summary:
      'Hospitals learn together without a server while some of them attack: every mixing rule against every attack, with even\n' +
      'and uneven classes and sizes. Accuracy of the honest, and what is lost against the plain mean without attackers in the same run.\n' +
      'In full it takes hours on two cores; the options choose a part. docs/BENCHMARKS.md has the table and the fields.',
    options: {
      rules: { type: 'string', value: '<names>', help: `comma-separated: ${NAMES.join('; ')}`, default: 'all' },
      tasks: {
        type: 'string',
        value: '<names>',
        help: 'digits, pneumonia, pneumonia-cnn, wdbc, comma-separated',
        default: 'digits',
      },
      pneumonia: {
        type: 'string',
        value: '<file>',
        help: 'PneumoniaMNIST as an NPZ file',
        default: 'pneumoniamnist.npz',
      },
      alpha: { type: 'string', value: '<list>', help: "Dirichlet α of the members' classes", default: '1,0.3' },
      'size-ratio': { type: 'string', value: '<list>', help: 'largest member ÷ smallest', default: '1,94' },
      members: { type: 'string', value: '<n>', help: 'hospitals, 3 to 32', default: '10' },
      attackers: { type: 'string', value: '<list>', help: 'how many of them attack', default: '2,3' },
      attacks: {
        type: 'string',
        value: '<names>',
        help: `comma-separated: ${ATTACK_NAMES.join(', ')}`,
        default: 'all',
      },
      seeds: { type: 'string', value: '<n>', help: 'seeds, from 1, 1 to 20', default: '3' },
      steps: {
        type: 'string',
        value: '<n>',
        help: 'training steps of a round; the more, the fewer rounds',
        default: '24',
      },
      quick: { type: 'boolean', help: 'plain and screened mean, five attacks, half the rounds, one seed' },
      json: { type: 'boolean', help: 'print one JSON document on the last line' },
    },
    examples: [
      'npm run bench:robustness -- --quick',
      'npm run bench:robustness -- --rules screened-mean --attackers 2',
    ],
  },
  async run(values, _positionals, signal) {
    const quick = values.quick === true;
    const steps = wholeNumber(values, 'steps', { min: 1, max: 100 });
    const tasks = (await readTasks(String(values.tasks), String(values.pneumonia))).map((task) =>
      withSteps(task, steps),
    );
    const numbers = (name: string): number[] => String(values[name]).split(',').map(Number);
    const skews = numbers('alpha').flatMap((alpha) => numbers('size-ratio').map((sizeRatio) => ({ alpha, sizeRatio })));
    const seeds = Array.from({ length: wholeNumber(values, 'seeds', { min: 1, max: 20 }) }, (_, i) => i + 1);
    const rules = values.rules === 'all' ? NAMES : splitNames(String(values.rules));
    const whole = {
      tasks,
      skews,
      rules,
      seeds,
      members: wholeNumber(values, 'members', { min: 3, max: 32 }),
      attackers: numbers('attackers'),
      attacks: values.attacks === 'all' ? ATTACK_NAMES : readAttacks(String(values.attacks)),
      roundsShare: 1,
      segments: 4,
    };
    const plan: RowPlan = quick ? quickPlan(whole) : whole;
    const tell = (row: RobustnessRow): void => void process.stderr.write(`${toLine(row)}\n`);
    const rows = await measureRows(plan, tell, signal);
    const costs = measureCosts(quick ? 2 : 5);
    process.stdout.write(values.json === true ? `${JSON.stringify({ rows, costs })}\n` : describe(rows, costs));
    return EXIT_OK;
  },
};

/** The same training in all, cut into rounds of another length. */
function withSteps(task: Task, steps: number): Task {
  const rounds = Math.max(1, Math.round((task.rounds * task.local.steps) / steps));
  return { ...task, local: { ...task.local, steps }, rounds };
}

/** Rule names hold a comma themselves, so that the longest that fits is taken. */
function splitNames(text: string): string[] {
  return NAMES.filter((name) => `,${text},`.includes(`,${name},`));
}

function readAttacks(text: string): (AttackName | 'none')[] {
  return text.split(',').map((name) => {
    const attack = ATTACK_NAMES.find((known) => known === name);
    if (attack === undefined) throw usageError(`--attacks knows ${ATTACK_NAMES.join(', ')}, not ${name}`);
    return attack;
  });
}

function quickPlan(whole: RowPlan): RowPlan {
  return {
    ...whole,
    tasks: whole.tasks.slice(0, 1),
    skews: [1, 94].map((sizeRatio) => ({ alpha: 0.3, sizeRatio })),
    rules: ['mean', 'screened-mean'],
    attackers: [2],
    seeds: [1],
    attacks: ['none', 'sign-flip', 'foe', 'label-flip', 'backdoor', 'dissensus'],
    roundsShare: 0.5,
  };
}

/** @param file PneumoniaMNIST */
const TASKS: Readonly<Record<string, (file: string) => Promise<Task>>> = {
  digits: digitsTask,
  pneumonia: pneumoniaTask,
  'pneumonia-cnn': pneumoniaNetworkTask,
  wdbc: wdbcTask,
};

async function readTasks(names: string, file: string): Promise<Task[]> {
  const tasks: Task[] = [];
  for (const name of names.split(',')) {
    const make = TASKS[name];
    if (make === undefined) throw usageError(`--tasks knows ${Object.keys(TASKS).join(', ')}, not ${name}`);
    tasks.push(await make(file));
  }
  return tasks;
}

const points = (share: number): string => (100 * share).toFixed(1);

function toLine(row: RobustnessRow): string {
  const success = row.backdoorSuccess === null ? '' : `, backdoor ${points(row.backdoorSuccess)} %`;
  const alone = `${row.betterAlone} (clearly ${row.clearlyBetterAlone}) of ${row.honestMembers} better off alone`;
  const place = `${row.task}, α ${row.alpha}, sizes 1:${row.sizeRatio}, ${row.attackers} of ${row.members} attack`;
  return `${place}, ${row.rule}, ${row.attack}: ${points(row.accuracy)}, lost ${row.lostPoints.toFixed(1)}${success}, ${alone}`;
}

function describe(rows: readonly RobustnessRow[], costs: readonly RuleCost[]): string {
  const table = formatTable(
    [
      'task',
      'α',
      'sizes',
      'n',
      'f',
      'rule',
      'attack',
      'accuracy',
      'worst',
      'lost',
      'backdoor',
      'better alone (clearly)',
    ],
    rows.map((row) => [
      row.task,
      String(row.alpha),
      `1:${row.sizeRatio}`,
      String(row.members),
      String(row.attackers),
      row.rule,
      row.attack,
      points(row.accuracy),
      points(row.worstMember),
      row.lostPoints.toFixed(1),
      row.backdoorSuccess === null ? '' : points(row.backdoorSuccess),
      `${row.betterAlone} (${row.clearlyBetterAlone}) of ${row.honestMembers}`,
    ]),
  );
  const price = formatTable(
    ['rule', 'ms per MB', 'ratio to the clipped mean'],
    costs.map((cost) => [cost.rule, cost.millisecondsPerMegabyte.toFixed(2), cost.ratioToClippedMean.toFixed(1)]),
  );
  return `${table}\n\n${price}\n`;
}

process.exitCode = await runCommand(benchRobustness, process.argv.slice(2));
