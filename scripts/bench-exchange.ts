import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from '../src/base/bytes.ts';
import { systemClock } from '../src/base/clock.ts';
import { wholeNumber } from '../src/cli/command-line.ts';
import { formatTable } from '../src/cli/format-table.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { type BenchWorker, startWorker } from './bench/bench-workers.ts';
import type { ExchangeAnswers, ExchangeTask, Way, WorkerAddress } from './bench/exchange-task.ts';

type Worker = BenchWorker<ExchangeTask, ExchangeAnswers>;

const WORKER = new URL('bench/exchange-worker.ts', import.meta.url);
const WAYS: readonly Way[] = ['tcp', 'bare', 'exchange'];
const FLOAT_BYTES = 4;
const SEGMENT_BYTES = 1024 * 1024;
const LARGE_PARAMETERS = 100_000_000;
const QUICK_LARGE_PARAMETERS = 50_000_000;
/** Models of these sizes: some seconds a measurement on one core. */
const PARAMETERS: Readonly<Record<number, number>> = { 2: 32 * 1024 * 1024, 8: 4 * 1024 * 1024 };
const QUICK_SHARE = 0.125;
const QUICK_REPETITIONS = 2;

interface Figure {
  readonly way: Way;
  readonly megabytesPerSecond: number;
  readonly megabytesPerCpuSecond: number;
}

interface Row extends Figure {
  readonly processes: number;
  readonly modelBytes: number;
  /** Median over the repetitions of this way's MB per CPU-second ÷ the bare stream's of the same repetition. */
  readonly ratioToBareStream: number;
}

interface LargeModel {
  readonly parameters: number;
  readonly modelBytes: number;
  readonly segments: number;
  readonly seconds: number;
  readonly megabytesPerCpuSecond: number;
  readonly peakMemoryBytes: number;
}

const benchExchange: Command = {
  spec: {
    usage: 'npm run bench:exchange -- [options]',
    summary:
      'Measures what exchanging models costs: every process pulls the model of every other one, checks and mixes it. Next to it, in the\n' +
      'same run and between the same processes, the same number of bytes over bare libp2p streams and over raw TCP sockets, only counted.\n' +
      'What counts is MB per CPU-second, summed over all processes: it depends less on what else the machine does. At the end a model of\n' +
      '100 million parameters (400 MB) goes from disk to disk, and the largest memory of the two processes is printed.',
    options: {
      repetitions: { type: 'string', value: '<n>', help: 'measurements of each way, 1 to 50', default: '7' },
      quick: { type: 'boolean', help: 'smaller models (the large one: half) and two repetitions' },
      json: { type: 'boolean', help: 'print one JSON document on the last line' },
    },
  },
  async run(values) {
    const quick = values.quick === true;
    const repetitions = quick ? QUICK_REPETITIONS : wholeNumber(values, 'repetitions', { min: 1, max: 50 });
    const rows = await measureWays(repetitions, quick ? QUICK_SHARE : 1);
    const large = await exchangeLargeModel(quick ? QUICK_LARGE_PARAMETERS : LARGE_PARAMETERS);
    const ratioOf = (processes: number): number =>
      rows.find((row) => row.processes === processes && row.way === 'exchange')?.ratioToBareStream ?? Number.NaN;
    const document = {
      ratioToBareStream: ratioOf(8),
      ratioToBareStreamTwoProcesses: ratioOf(2),
      peakMemoryBytes: large.peakMemoryBytes,
      rows,
      large,
    };
    process.stdout.write(values.json === true ? `${JSON.stringify(document)}\n` : describe(rows, large));
    return EXIT_OK;
  },
};

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function startWorkers(count: number): Promise<{ workers: Worker[]; addresses: WorkerAddress[] }> {
  progress(`starting ${count} processes …`);
  const workers = Array.from({ length: count }, () => startWorker<ExchangeTask, ExchangeAnswers>(WORKER));
  const addresses: WorkerAddress[] = [];
  for (const [self, worker] of workers.entries()) {
    addresses.push(await worker.ask({ do: 'listen', self, workers: count, earlier: addresses }));
  }
  await Promise.all(
    workers.map((worker, self) => worker.ask({ do: 'connect', others: addresses.filter((a) => a.worker !== self) })),
  );
  return { workers, addresses };
}

async function measureWays(repetitions: number, share: number): Promise<Row[]> {
  const { workers, addresses } = await startWorkers(8);
  try {
    const rows: Row[] = [];
    for (const processes of [2, 8]) {
      const parameters = (PARAMETERS[processes] ?? 0) * share;
      const taking = { workers: workers.slice(0, processes), addresses: addresses.slice(0, processes), parameters };
      rows.push(...(await compareWays(taking, repetitions)));
    }
    return rows;
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

interface Taking {
  readonly workers: readonly Worker[];
  readonly addresses: readonly WorkerAddress[];
  readonly parameters: number;
}

/** All ways in turn, again and again, so that what else the machine does falls on all of them. The first turn only warms up. */
async function compareWays(taking: Taking, repetitions: number): Promise<Row[]> {
  const { workers, parameters } = taking;
  const segments = Math.max(1, Math.round((FLOAT_BYTES * parameters) / SEGMENT_BYTES));
  const measured: Record<Way, Figure[]> = { tcp: [], bare: [], exchange: [] };
  for (let turn = 0; turn <= repetitions; turn++) {
    for (const way of WAYS) {
      await Promise.all(workers.map((worker) => worker.ask({ do: 'model', parameters, segments, folder: null })));
      const figure = await measureOnce(taking, way);
      if (turn === 0) continue;
      measured[way].push(figure);
      progress(
        `${workers.length} processes, ${turn} of ${repetitions}, ${way}: ${figure.megabytesPerCpuSecond.toFixed(0)} MB per CPU-second`,
      );
    }
  }
  return WAYS.map((way) => ({
    processes: workers.length,
    way,
    modelBytes: FLOAT_BYTES * parameters,
    megabytesPerSecond: median(measured[way].map((figure) => figure.megabytesPerSecond)),
    megabytesPerCpuSecond: median(measured[way].map((figure) => figure.megabytesPerCpuSecond)),
    ratioToBareStream: median(
      measured[way].map(
        ({ megabytesPerCpuSecond }, i) =>
          megabytesPerCpuSecond / (measured.bare[i]?.megabytesPerCpuSecond ?? Number.NaN),
      ),
    ),
  }));
}

/** With two processes one sends and the other receives; with more everybody does both. */
async function measureOnce(
  { workers, addresses }: Pick<Taking, 'workers' | 'addresses'>,
  way: Way,
): Promise<Figure & { peakMemoryBytes: number; seconds: number }> {
  const begun = systemClock.now();
  const digests: (readonly Hex[])[] = (
    await Promise.all(workers.map((worker) => worker.ask({ do: 'begin', way })))
  ).map((answer) => answer.digests);
  const receivers = workers.length === 2 ? [1] : workers.map((_, i) => i);
  const received = await Promise.all(
    receivers.map(async (self) => {
      const others = addresses.filter(({ worker }) => worker !== self);
      return workers[self]?.ask({
        do: 'receive',
        way,
        from: others,
        digests: others.map(({ worker }) => digests[worker] ?? []),
      });
    }),
  );
  const seconds = (systemClock.now() - begun) / 1000;
  const ends = await Promise.all(workers.map((worker) => worker.ask({ do: 'end' })));
  const megabytes = received.reduce((sum, answer) => sum + (answer?.bytes ?? 0), 0) / 1e6;
  return {
    way,
    seconds,
    megabytesPerSecond: megabytes / seconds,
    megabytesPerCpuSecond: megabytes / ends.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakMemoryBytes: Math.max(...ends.map((end) => end.maximumResidentBytes)),
  };
}

/** Two processes with blob stores on disk; neither ever holds a whole model. */
async function exchangeLargeModel(parameters: number): Promise<LargeModel> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-bench-'));
  const { workers, addresses } = await startWorkers(2);
  try {
    progress(`a model of ${parameters / 1e6} million parameters …`);
    const segments = Math.round((FLOAT_BYTES * parameters) / SEGMENT_BYTES);
    await Promise.all(
      workers.map((worker, i) => worker.ask({ do: 'model', parameters, segments, folder: join(folder, String(i)) })),
    );
    const { seconds, megabytesPerCpuSecond, peakMemoryBytes } = await measureOnce({ workers, addresses }, 'exchange');
    const modelBytes = FLOAT_BYTES * parameters;
    return { parameters, modelBytes, segments, seconds, megabytesPerCpuSecond, peakMemoryBytes };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await rm(folder, { recursive: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

function describe(rows: readonly Row[], large: LargeModel): string {
  const table = formatTable(
    ['processes', 'way', 'model MB', 'MB/s', 'MB per CPU-s', 'ratio to bare stream'],
    rows.map((row) => [
      String(row.processes),
      row.way,
      (row.modelBytes / 1e6).toFixed(0),
      row.megabytesPerSecond.toFixed(0),
      row.megabytesPerCpuSecond.toFixed(0),
      row.ratioToBareStream.toFixed(2),
    ]),
  );
  const peak = (large.peakMemoryBytes / 2 ** 20).toFixed(0);
  return (
    `${table}\n\n${large.parameters / 1e6} million parameters (${large.modelBytes / 1e6} MB in ${large.segments} segments), disk to disk: ` +
    `${large.seconds.toFixed(1)} s, ${large.megabytesPerCpuSecond.toFixed(0)} MB per CPU-second, peak memory of a process ${peak} MiB\n`
  );
}

process.exitCode = await runCommand(benchExchange, process.argv.slice(2));
