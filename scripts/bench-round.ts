import { systemClock } from '../src/base/clock.ts';
import { type OptionValues, usageError, wholeNumber } from '../src/cli/command-line.ts';
import { formatTable } from '../src/cli/format-table.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import type { RateLimit } from '../test/lab/limit-rate.ts';
import { median } from './bench/median.ts';
import { type Cell, roundSeconds } from './bench/round-model.ts';
import { createRoundNetwork, type RoundNetwork } from './bench/round-network.ts';
import { type RoundPeers, startRoundPeers } from './bench/round-peers.ts';

const MEGABIT = 1e6;
const FLOAT_BYTES = 4;
/** Nothing new is measured after that; a busy machine would take hours. */
const BUDGET_MILLISECONDS = 18 * 60_000;

/** `unlimited` is a control. */
const REGIMES: Readonly<Record<string, RateLimit | null>> = {
  access: { upBitsPerSecond: 10 * MEGABIT, downBitsPerSecond: 10 * MEGABIT },
  pair: { upBitsPerSecond: 100 * MEGABIT, downBitsPerSecond: 100 * MEGABIT, pairBitsPerSecond: 10 * MEGABIT },
  'slow-pair': { upBitsPerSecond: 20 * MEGABIT, downBitsPerSecond: 20 * MEGABIT, pairBitsPerSecond: 2 * MEGABIT },
  unlimited: null,
};

const DEFAULTS = {
  peers: '8,16',
  segments: '1,2,5,10',
  pulls: '1,2,4',
  regimes: 'access,pair,slow-pair',
  rounds: '3',
  kilobytes: '1000',
};
const QUICK = { peers: '8', segments: '1,10', pulls: '1', regimes: 'access,pair', rounds: '1', kilobytes: '400' };

interface Row extends Cell {
  readonly regime: string;
  readonly modelBytes: number;
  readonly medianSeconds: number;
  readonly slowestSeconds: number;
  readonly modelSeconds: number;
  readonly loadedModelSeconds: number;
  readonly ratioToModel: number | null;
  readonly ratioToLoadedModel: number | null;
  readonly ratioToStar: number;
  readonly ratioToWholeModel: number;
}

type Measured = Omit<Row, 'ratioToStar' | 'ratioToWholeModel'>;

interface Plan {
  readonly peers: readonly number[];
  readonly segments: readonly number[];
  readonly pulls: readonly number[];
  readonly regimes: readonly string[];
  readonly rounds: number;
  readonly modelBytes: number;
}

const benchRound: Command = {
  spec: {
    usage: 'npm run bench:round -- [options]',
    summary:
      'Measures how long a round takes on slow links: from the moment at which everybody has announced until a peer has pulled what the\n' +
      "seeded choice asks for, and has mixed it. Peers are processes of their own with the peer's own network; nothing is trained.\n" +
      'Segmented gossip stands next to gossip with whole models (S = 1) and to a star, in which the first peer collects all models over\n' +
      'the same protocol, mixes them, and hands the mix back. Links, up and down for each peer:\n' +
      "  access     10 Mbit/s a peer: a site's access line\n" +
      '  pair       100 Mbit/s a peer, 10 Mbit/s from any one to any other\n' +
      "  slow-pair  20 and 2 Mbit/s: as pair, where this machine's processor counts for less\n" +
      '  unlimited  no limits: a control\n' +
      'With root and iproute2 every peer has a network namespace of its own; otherwise a proxy on loopback limits what passes.',
    options: {
      peers: { type: 'string', value: '<list>', help: 'how many peers, 2 to 64 each', default: DEFAULTS.peers },
      segments: { type: 'string', value: '<list>', help: 'S, 1 to 512 each', default: DEFAULTS.segments },
      pulls: { type: 'string', value: '<list>', help: 'R, 1 to 63 each', default: DEFAULTS.pulls },
      regimes: { type: 'string', value: '<list>', help: 'links, see above', default: DEFAULTS.regimes },
      rounds: { type: 'string', value: '<n>', help: 'rounds of each, 1 to 20', default: DEFAULTS.rounds },
      kilobytes: { type: 'string', value: '<n>', help: 'size of the model, 10 to 100000', default: DEFAULTS.kilobytes },
      proxy: { type: 'boolean', help: 'use the proxy even where namespaces are to be had' },
      quick: { type: 'boolean', help: `few and small: ${describeDefaults(QUICK)}` },
      json: { type: 'boolean', help: 'print one JSON document on the last line' },
    },
    examples: ['npm run bench:round -- --quick', 'npm run bench:round -- --peers 16 --regimes pair --pulls 2'],
  },
  async run(values, _, signal) {
    const plan = planOf(values.quick === true ? { ...values, ...QUICK } : values);
    const peerCount = Math.max(...plan.peers);
    const network = await createRoundNetwork(peerCount, values.proxy === true);
    try {
      progress(`links: ${network.kind} (${network.reason}); starting ${peerCount} processes …`);
      const peers = await startRoundPeers(network, peerCount);
      try {
        const rows = withRatios(await measureAll(peers, plan, signal));
        process.stdout.write(
          values.json === true
            ? `${JSON.stringify(documentOf(network, rows, rows.length === cellCount(plan)))}\n`
            : describe(network, rows),
        );
      } finally {
        await peers.stop();
      }
    } finally {
      await network.stop();
    }
    return EXIT_OK;
  },
};

function describeDefaults(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `--${name} ${value}`)
    .join(' ');
}

function planOf(values: OptionValues): Plan {
  const regimes = String(values.regimes).split(',');
  const unknown = regimes.find((regime) => !(regime in REGIMES));
  if (unknown !== undefined) throw usageError(`--regimes ${unknown}: give some of ${Object.keys(REGIMES).join(', ')}`);
  return {
    peers: wholeNumbers(values, 'peers', { min: 2, max: 64 }),
    segments: wholeNumbers(values, 'segments', { min: 1, max: 512 }),
    pulls: wholeNumbers(values, 'pulls', { min: 1, max: 63 }),
    regimes,
    rounds: wholeNumber(values, 'rounds', { min: 1, max: 20 }),
    modelBytes: 1000 * wholeNumber(values, 'kilobytes', { min: 10, max: 100_000 }),
  };
}

function wholeNumbers(values: OptionValues, name: string, bounds: { min: number; max: number }): number[] {
  return String(values[name])
    .split(',')
    .map((value) => wholeNumber({ [name]: value }, name, bounds));
}

/** The baselines come first; whole models are measured for every R, asked for or not. */
function cellsOf({ segments, pulls }: Plan, n: number): Cell[] {
  const gossip = [...new Set([1, ...segments])].flatMap((S) =>
    pulls
      .filter((R) => R < n)
      .map((R): Cell => ({ n, scheme: S === 1 ? 'whole-model' : 'segmented', segments: S, pulls: R })),
  );
  return [{ n, scheme: 'star', segments: 1, pulls: 1 }, ...gossip];
}

function cellCount(plan: Plan): number {
  return plan.regimes.length * plan.peers.reduce((sum, n) => sum + cellsOf(plan, n).length, 0);
}

async function measureAll(peers: RoundPeers, plan: Plan, signal: AbortSignal): Promise<Measured[]> {
  const rows: Measured[] = [];
  const begun = systemClock.now();
  for (const regime of plan.regimes) {
    for (const n of plan.peers) {
      for (const cell of cellsOf(plan, n)) {
        if (systemClock.now() - begun > BUDGET_MILLISECONDS) {
          progress('time is up: what was measured until now follows');
          return rows;
        }
        rows.push(await measureCell(peers, cell, { ...plan, regime, signal }));
      }
    }
  }
  return rows;
}

async function measureCell(
  peers: RoundPeers,
  cell: Cell,
  { regime, rounds, modelBytes, signal }: Plan & { regime: string; signal: AbortSignal },
): Promise<Measured> {
  const rate = REGIMES[regime] ?? null;
  const figures = [];
  for (let i = 0; i < rounds; i++) {
    signal.throwIfAborted();
    figures.push(await peers.round(cell, modelBytes / FLOAT_BYTES, rate));
  }
  const slowestSeconds = median(figures.map((figure) => figure.slowestSeconds));
  const modelSeconds = roundSeconds(cell, modelBytes, rate);
  const loadedModelSeconds = median(figures.map((figure) => figure.loadedSeconds));
  progress(`${regime}, n = ${cell.n}, ${nameOf(cell)}: ${slowestSeconds.toFixed(2)} s`);
  return {
    ...cell,
    regime,
    modelBytes,
    medianSeconds: median(figures.map((figure) => figure.medianSeconds)),
    slowestSeconds,
    modelSeconds,
    loadedModelSeconds,
    ratioToModel: rate === null ? null : slowestSeconds / modelSeconds,
    ratioToLoadedModel:
      rate === null ? null : median(figures.map((figure) => figure.slowestSeconds / figure.loadedSeconds)),
  };
}

function nameOf({ scheme, segments, pulls }: Cell): string {
  return scheme === 'star' ? 'star' : `S = ${segments}, R = ${pulls}`;
}

function withRatios(rows: readonly Measured[]): Row[] {
  return rows.map((row) => {
    const alike = rows.filter(({ n, regime }) => n === row.n && regime === row.regime);
    const star = alike.find(({ scheme }) => scheme === 'star');
    const whole = alike.find(({ scheme, pulls }) => scheme === 'whole-model' && pulls === row.pulls);
    return {
      ...row,
      ratioToStar: (star?.slowestSeconds ?? Number.NaN) / row.slowestSeconds,
      ratioToWholeModel: (whole?.slowestSeconds ?? Number.NaN) / row.slowestSeconds,
    };
  });
}

function documentOf({ kind }: RoundNetwork, rows: readonly Row[], isComplete: boolean): object {
  return { links: kind, isComplete, rows };
}

function describe({ kind, reason }: RoundNetwork, rows: readonly Row[]): string {
  const table = formatTable(
    [
      'links',
      'n',
      'scheme',
      'S',
      'R',
      'slowest s',
      'median s',
      'model s',
      '÷ model',
      'as drawn s',
      '÷ as drawn',
      '× star',
      '× whole model',
    ],
    rows.map((row) => [
      row.regime,
      String(row.n),
      row.scheme,
      String(row.segments),
      String(row.pulls),
      row.slowestSeconds.toFixed(2),
      row.medianSeconds.toFixed(2),
      row.modelSeconds.toFixed(2),
      row.ratioToModel?.toFixed(2) ?? '',
      row.loadedModelSeconds.toFixed(2),
      row.ratioToLoadedModel?.toFixed(2) ?? '',
      row.ratioToStar.toFixed(2),
      row.ratioToWholeModel.toFixed(2),
    ]),
  );
  return `${table}\n\nlinks by ${kind}: ${reason}; model of ${(rows[0]?.modelBytes ?? 0) / 1e6} MB; × is how many times faster\n`;
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

process.exitCode = await runCommand(benchRound, process.argv.slice(2));
