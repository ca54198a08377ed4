import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type OptionValues, usageError, wholeNumber } from '../src/cli/command-line.ts';
import { formatTable } from '../src/cli/format-table.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { median } from './bench/median.ts';
import { NETS, type TrainAnswer } from './bench/train-task.ts';

const WORKER = fileURLToPath(new URL('bench/train-worker.ts', import.meta.url));
const PYTORCH = fileURLToPath(new URL('bench/train-pytorch.py', import.meta.url));
const BASELINE = 'pytorch';
const ENGINES = ['wasm', 'native', BASELINE];
const DEFAULTS = { nets: Object.keys(NETS).join(','), seconds: 5, turns: 5 };
const QUICK = { seconds: 3, turns: 1 };

const execute = promisify(execFile);

interface Row {
  readonly net: string;
  readonly parameters: number;
  readonly engine: string;
  readonly version: string;
  /** Median over the turns. */
  readonly imagesPerCpuSecond: number;
  /** To the baseline; median over the turns, each with the baseline's of that turn; null without one. */
  readonly ratio: number | null;
}

/** One turn: what each engine that is there did. */
type Turn = ReadonlyMap<string, TrainAnswer>;

const benchTrain: Command = {
  spec: {
    usage: 'npm run bench:train -- [options]',
    summary:
      'Measures how many images a CPU-second trains, batch 32, 28 × 28 × 1, SGD with momentum: a small CNN, a residual network, a\n' +
      'depthwise one; on each engine that is there and on PyTorch with one thread, the baseline, if python3 has it. Each measurement\n' +
      'is a process of its own, after a warm-up; engines take turns.',
    options: {
      nets: { type: 'string', value: '<list>', help: `some of ${DEFAULTS.nets}`, default: DEFAULTS.nets },
      quick: { type: 'boolean', help: `${QUICK.seconds} CPU-seconds each and ${QUICK.turns} turn` },
      turns: { type: 'string', value: '<n>', help: 'measurements of each, 1 to 50', default: `${DEFAULTS.turns}` },
      json: { type: 'boolean', help: 'print one JSON document on the last line' },
    },
    examples: ['npm run bench:train -- --quick', 'npm run bench:train -- --nets cnn'],
  },
  async run(values, _, signal) {
    const { nets, turns, seconds } = planOf(values);
    const python = await findPyTorch();
    const native = await isNativeThere();
    if (python === null)
      progress('pytorch: no python3 with torch (Debian: python3-torch); measured without a baseline');
    if (!native) progress('native: the library of tfjs-node does not load here; not measured');
    const engines = ENGINES.filter((engine) => (engine === BASELINE ? python !== null : engine === 'wasm' || native));
    const rows: Row[] = [];
    for (const net of nets) {
      const measured: Turn[] = [];
      for (let turn = 0; turn < turns; turn++) {
        progress(`${net}, turn ${turn + 1} of ${turns}`);
        const answers = new Map<string, TrainAnswer>();
        for (const engine of engines) answers.set(engine, await measure({ engine, net, seconds }, python, signal));
        measured.push(answers);
      }
      rows.push(...engines.map((engine) => rowOf(net, engine, measured)));
    }
    process.stdout.write(values.json === true ? `${JSON.stringify({ rows })}\n` : describe(rows));
    return EXIT_OK;
  },
};

function planOf(values: OptionValues): { nets: string[]; turns: number; seconds: number } {
  const nets = String(values.nets).split(',');
  const unknown = nets.find((net) => !(net in NETS));
  if (unknown !== undefined) throw usageError(`--nets ${unknown}: give some of ${DEFAULTS.nets}`);
  if (values.quick === true) return { nets, ...QUICK };
  return { nets, turns: wholeNumber(values, 'turns', { min: 1, max: 50 }), seconds: DEFAULTS.seconds };
}

/** A Python that has torch; Debian's own may stand behind another one on the path. */
async function findPyTorch(): Promise<string | null> {
  for (const python of ['python3', '/usr/bin/python3']) {
    const there = await execute(python, ['-c', 'import torch']).then(
      () => true,
      () => false,
    );
    if (there) return python;
  }
  return null;
}

async function isNativeThere(): Promise<boolean> {
  return measure({ engine: 'native', net: 'cnn', seconds: 0 }, null).then(
    () => true,
    () => false,
  );
}

async function measure(
  { engine, net, seconds }: { engine: string; net: string; seconds: number },
  python: string | null,
  signal?: AbortSignal,
): Promise<TrainAnswer> {
  const [command, args] =
    engine === BASELINE && python !== null
      ? [python, [PYTORCH, net, `${seconds}`]]
      : [process.execPath, ['--disable-warning=ExperimentalWarning', WORKER, engine, net, `${seconds}`]];
  const { stdout } = await execute(command, args, { signal });
  return JSON.parse(stdout) as TrainAnswer;
}

function rowOf(net: string, engine: string, turns: readonly Turn[]): Row {
  const speeds = (which: string) => turns.map((turn) => speedOf(turn.get(which)));
  const own = speeds(engine);
  const baseline = speeds(BASELINE);
  const ratios = own.map((speed, turn) => speed / (baseline[turn] as number));
  return {
    net,
    parameters: turns[0]?.get(engine)?.parameters ?? 0,
    engine,
    version: turns[0]?.get(engine)?.version ?? '',
    imagesPerCpuSecond: median(own),
    ratio: ratios.every(Number.isFinite) ? median(ratios) : null,
  };
}

function speedOf(answer: TrainAnswer | undefined): number {
  return answer === undefined ? Number.NaN : answer.images / answer.cpuSeconds;
}

function describe(rows: readonly Row[]): string {
  const table = formatTable(
    ['net', 'parameters', 'engine', 'images per CPU-second', '÷ pytorch'],
    rows.map((row) => [
      row.net,
      String(row.parameters),
      `${row.engine} ${row.version}`,
      row.imagesPerCpuSecond.toFixed(0),
      row.ratio?.toFixed(2) ?? '',
    ]),
  );
  return `${table}\n`;
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

process.exitCode = await runCommand(benchTrain, process.argv.slice(2));
