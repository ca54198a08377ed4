import { availableParallelism } from 'node:os';
import { systemClock } from '../../src/base/clock.ts';
import { wholeNumber } from '../../src/cli/command-line.ts';
import { formatTable } from '../../src/cli/format-table.ts';
import { type Command, EXIT_OK, runCommand } from '../../src/cli/run-command.ts';
import type { CampaignOutcome, KindOutcome } from '../../test/audit/mutations/campaign.ts';
import { type BenchWorker, startWorker } from '../bench/bench-workers.ts';
import type { MutationAnswers, MutationTask } from './audit-mutation-worker.ts';

type Worker = BenchWorker<MutationTask, MutationAnswers>;

const WORKER = new URL('audit-mutation-worker.ts', import.meta.url);
const QUICK_MUTATIONS = 300;
/** Mutations in one task, so that progress is seen. */
const PART = 100;

const command: Command = {
  spec: {
    usage: 'npm run test:audit:mutations -- [options]',
    summary:
      'Changes an evidence bundle, or a proof of a segment, in ten thousand ways and audits each, against the chain or offline: bits, blocks,\n' +
      'records, log entries, scores, recipes, choices, proofs, chain and contract, by chance, by a forger without keys, and by a member with its\n' +
      'own. Every one must be found at its place, and the bundle itself must have no finding. Exit code 1 if one was missed.',
    options: {
      mutations: { type: 'string', value: '<n>', help: 'how many, 1 to 1,000,000', default: '10000' },
      seed: {
        type: 'string',
        value: '<text>',
        help: 'the mutations of a seed are always the same',
        default: 'campaign',
      },
      workers: {
        type: 'string',
        value: '<n>',
        help: 'processes, 1 to 64',
        default: String(Math.min(availableParallelism(), 64)),
      },
      quick: { type: 'boolean', help: `${QUICK_MUTATIONS} mutations` },
      json: { type: 'boolean', help: 'print one JSON document on the last line' },
    },
  },
  async run(values) {
    const asked = wholeNumber(values, 'mutations', { min: 1, max: 1_000_000 });
    const mutations = values.quick === true ? QUICK_MUTATIONS : asked;
    const seed = String(values.seed ?? 'campaign');
    const begun = systemClock.now();
    const kinds = await runAll({ seed, mutations, workers: wholeNumber(values, 'workers', { min: 1, max: 64 }) });
    const seconds = (systemClock.now() - begun) / 1000;
    const missed = kinds.flatMap(({ kind, missed: list }) => list.map((what) => `${kind} ${what}`));
    process.stdout.write(
      `${toTable(kinds)}\n${mutations - missed.length} of ${mutations} found in ${seconds.toFixed(0)} s\n`,
    );
    for (const what of missed.slice(0, 20)) process.stdout.write(`MISSED ${what}\n`);
    if (values.json === true)
      process.stdout.write(
        `${JSON.stringify({ seed, mutations, found: mutations - missed.length, seconds, kinds })}\n`,
      );
    return missed.length === 0 ? EXIT_OK : 1;
  },
};

interface Campaign {
  readonly seed: string;
  readonly mutations: number;
  readonly workers: number;
}

async function runAll({ seed, mutations, workers: count }: Campaign): Promise<KindOutcome[]> {
  const parts = Array.from({ length: Math.ceil(mutations / PART) }, (_, i) => PART * i);
  const workers = Array.from({ length: Math.min(count, parts.length) }, (): Worker => startWorker(WORKER));
  const outcomes: CampaignOutcome[] = [];
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (let from = parts.shift(); from !== undefined; from = parts.shift()) {
          outcomes.push(await worker.ask({ do: 'run', seed, from, to: Math.min(from + PART, mutations) }));
          if (process.stderr.isTTY) process.stderr.write(`\r${PART * outcomes.length} of ${mutations}`);
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
  return sumUp(outcomes);
}

function sumUp(outcomes: readonly CampaignOutcome[]): KindOutcome[] {
  const byKind = Map.groupBy(outcomes.flat(), ({ kind }) => kind);
  const total = (each: readonly KindOutcome[], field: 'tried' | 'findings' | 'notices' | 'refused'): number =>
    each.reduce((sum, outcome) => sum + outcome[field], 0);
  return [...byKind].map(([kind, each]) => ({
    kind,
    tried: total(each, 'tried'),
    findings: total(each, 'findings'),
    notices: total(each, 'notices'),
    refused: total(each, 'refused'),
    missed: each.flatMap(({ missed }) => missed),
  }));
}

function toTable(kinds: readonly KindOutcome[]): string {
  return formatTable(
    ['kind', 'mutations', 'findings', 'notices', 'refused', 'missed'],
    kinds.map(({ kind, tried, findings, notices, refused, missed }) => [
      kind,
      ...[tried, findings, notices, refused, missed.length].map(String),
    ]),
  );
}

process.exitCode = await runCommand(command, process.argv.slice(2));
