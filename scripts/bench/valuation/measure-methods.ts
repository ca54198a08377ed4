import { cosineDistance, meanOf, meanRow, rankCorrelation } from './compare.ts';
import { digitsFederation, type Federation } from './federation.ts';
import { groundTruth, type Truth } from './ground-truth.ts';
import { type BenchMethod, METHODS } from './local-methods.ts';
import { reportScores } from './score-study.ts';
import { type PlayedStudy, playStudy, type Topology } from './study-run.ts';

/** One method in one topology; means over the seeds unless it says otherwise. */
export interface MethodRow {
  readonly topology: Topology;
  readonly method: string;
  /** Cosine distance of the network's scores from the truth, and the largest of any seed. */
  readonly distance: number;
  readonly worstDistance: number;
  /** The same of each final model's scores, mean over the models of which the method says something. */
  readonly modelDistance: number;
  /** Spearman's rank correlation of the network's scores with the truth. */
  readonly rankCorrelation: number;
  /** Score of the member without data ÷ the largest score of any member, both without sign. */
  readonly relayShare: number;
  /** Losses or gradients on a held-out part. */
  readonly evaluations: number;
  readonly seconds: number;
}

/** What finding out the truth took. */
export interface TruthRow {
  readonly topology: Topology;
  readonly members: readonly string[];
  /** Nats, in order of the members; mean over the seeds. */
  readonly worths: readonly number[];
  readonly retrainings: number;
  readonly seconds: number;
}

export interface Plan {
  readonly topologies: readonly Topology[];
  readonly rounds: number;
  readonly seeds: readonly string[];
}

interface Measured {
  readonly truth: Truth;
  readonly truthSeconds: number;
  readonly methods: readonly Omit<MethodRow, 'topology' | 'method' | 'worstDistance'>[];
}

/** Each topology with its truth and every method. @param tell what is being done */
export async function measureMethods(
  plan: Plan,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<{ truths: TruthRow[]; rows: MethodRow[] }> {
  const truths: TruthRow[] = [];
  const rows: MethodRow[] = [];
  for (const topology of plan.topologies) {
    const measured: Measured[] = [];
    let members: readonly string[] = [];
    for (const seed of plan.seeds) {
      tell(`${topology}, seed ${seed} …`);
      const federation = await digitsFederation(seed);
      members = federation.members.map(({ name }) => name);
      measured.push(await measureStudy(federation, playStudy(federation, topology, plan.rounds), signal));
    }
    truths.push({ topology, members, ...summariseTruth(measured) });
    rows.push(...METHODS.map(({ name }, i) => ({ topology, method: name, ...summariseMethod(measured, i) })));
  }
  return { truths, rows };
}

async function measureStudy(federation: Federation, study: PlayedStudy, signal: AbortSignal): Promise<Measured> {
  const start = performance.now();
  const truth = await groundTruth(federation, study, signal);
  const truthSeconds = (performance.now() - start) / 1000;
  const methods: Measured['methods'][number][] = [];
  for (const method of METHODS) {
    signal.throwIfAborted();
    methods.push(await measureMethod(federation, study, { method, truth }));
  }
  return { truth, truthSeconds, methods };
}

async function measureMethod(
  federation: Federation,
  study: PlayedStudy,
  { method, truth }: { method: BenchMethod; truth: Truth },
): Promise<Measured['methods'][number]> {
  const start = performance.now();
  const reports = await reportScores(federation, study, method);
  const { models, network: scores } = method.sum(study, reports);
  const network = scores.map((score) => score ?? 0);
  const seconds = (performance.now() - start) / 1000;
  const relay = federation.members.findIndex(({ training }) => training === null);
  return {
    distance: cosineDistance(network, truth.network),
    modelDistance: meanOf(models.flatMap((scores, i) => (scores ? cosineDistance(scores, truth.models[i] ?? []) : []))),
    rankCorrelation: rankCorrelation(network, truth.network),
    relayShare: Math.abs(network[relay] ?? 0) / Math.max(...network.map(Math.abs)),
    evaluations: reports.evaluations,
    seconds,
  };
}

function summariseTruth(measured: readonly Measured[]): Pick<TruthRow, 'worths' | 'retrainings' | 'seconds'> {
  return {
    worths: meanRow(measured.map(({ truth }) => truth.network)),
    retrainings: measured[0]?.truth.retrainings ?? 0,
    seconds: meanOf(measured.map(({ truthSeconds }) => truthSeconds)),
  };
}

function summariseMethod(measured: readonly Measured[], method: number): Omit<MethodRow, 'topology' | 'method'> {
  const of = (field: keyof Measured['methods'][number]): number[] =>
    measured.map(({ methods }) => methods[method]?.[field] ?? 0);
  return {
    distance: meanOf(of('distance')),
    worstDistance: Math.max(...of('distance')),
    modelDistance: meanOf(of('modelDistance')),
    rankCorrelation: meanOf(of('rankCorrelation')),
    relayShare: meanOf(of('relayShare')),
    evaluations: meanOf(of('evaluations')),
    seconds: meanOf(of('seconds')),
  };
}
