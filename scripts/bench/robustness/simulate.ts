import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { type AggregationRule, aggregate } from '../../../src/model/aggregation/aggregate.ts';
import type { Mixture } from '../../../src/model/aggregation/mixture.ts';
import { type SuspicionBounds, surveySegment, suspicionsOf } from '../../../src/model/aggregation/screening.ts';
import { mixWeights } from '../../../src/model/mix.ts';
import { accuracyOf, initialVector, type Samples, trainLocally } from '../perceptron.ts';
import { type Attack, flipLabels, plantTrigger, type RoundView, triggeredTest } from './attacks.ts';
import { type Skew, shareData } from './share-data.ts';
import type { Task } from './tasks.ts';

/** A rule, and where it screens, from when on it suspects. */
export type BenchRule =
  | Exclude<AggregationRule, { rule: 'screened-mean' }>
  | (Extract<AggregationRule, { rule: 'screened-mean' }> & SuspicionBounds);

/** One run: a study without server in which some members attack. */
export interface Run {
  readonly task: Task;
  readonly skew: Skew;
  readonly members: number;
  /** f; they are those of middle size, and say that they are as large as the largest. */
  readonly attackers: number;
  readonly attack: Attack | null;
  readonly rule: BenchRule;
  readonly weightShareCap: number;
  readonly segments: number;
  readonly rounds: number;
  readonly seed: number;
}

export interface RunOutcome {
  /** Accuracy on the common test part of each honest member's model, in order of size. */
  readonly honest: readonly number[];
  /** Mean over the honest members of the share of triggered images that are taken for the trigger's class. */
  readonly triggered: number;
}

interface Member {
  readonly data: Samples;
  readonly samples: number;
  readonly isAttacker: boolean;
}

function membersOf({ task, skew, members, attackers, attack, seed }: Run): Member[] {
  const shares = shareData(task.training, members, skew, createSeededRandom(`${seed}`, 'shares'));
  const largest = Math.max(...shares.map(({ labels }) => labels.length));
  const first = Math.floor((members - attackers) / 2);
  return shares.map((data, i) => {
    const isAttacker = attack !== null && i >= first && i < first + attackers;
    if (!isAttacker) return { data, samples: data.labels.length, isAttacker };
    return { data: poison(task, data, attack), samples: largest, isAttacker };
  });
}

function poison({ network, side }: Task, data: Samples, attack: Attack): Samples {
  if (attack.poison === 'flipped-labels') return flipLabels(data, network.classes);
  return attack.poison === 'trigger' ? plantTrigger(data, side, 2) : data;
}

/** Runs a study, and judges the honest members' last models. */
export function simulate(run: Run): RunOutcome {
  const { task } = run;
  const members = membersOf(run);
  const initial = initialVector(task.network, createSeededRandom(`${run.seed}`, 'initial'));
  let bases = members.map(() => initial);
  for (let round = 0; round < run.rounds; round++) bases = playRound(run, members, bases, round);
  const honest = bases.filter((_, i) => !members[i]?.isAttacker);
  const triggered = triggeredTest(task.test, task.side);
  return {
    honest: honest.map((model) => accuracyOf(task.network, model, task.test)),
    triggered: mean(honest.map((model) => accuracyOf(task.network, model, triggered))),
  };
}

/** Each honest member's accuracy after as many rounds of training without anybody else. */
export function trainAlone(run: Run): number[] {
  const { task, rounds, seed } = run;
  const initial = initialVector(task.network, createSeededRandom(`${seed}`, 'initial'));
  return membersOf(run)
    .filter(({ isAttacker }) => !isAttacker)
    .map(({ data }, i) => {
      let model = initial;
      for (let round = 0; round < rounds; round++) {
        const random = createSeededRandom(`${seed}/${i}/${round}`, 'alone');
        model = trainLocally(task.network, model, data, { training: task.local, random });
      }
      return accuracyOf(task.network, model, task.test);
    });
}

function playRound(
  run: Run,
  members: readonly Member[],
  bases: readonly Float32Array[],
  round: number,
): Float32Array[] {
  const { task, seed, rounds, weightShareCap } = run;
  const isHonest = (_: unknown, i: number): boolean => !members[i]?.isAttacker;
  const meanBase = meanOf(bases.filter(isHonest));
  const trained = members.map(({ data, isAttacker }, i) =>
    trainLocally(task.network, isAttacker ? meanBase : (bases[i] as Float32Array), data, {
      training: task.local,
      random: createSeededRandom(`${seed}/${i}/${round}`, 'train'),
    }),
  );
  const weights = mixWeights(
    members.map(({ samples }) => ({ samples, staleness: 0 })),
    { weightShareCap, discount: 1 },
  );
  const mix = (own: number, sources: readonly Float32Array[]): Float32Array =>
    mixSegments(run, { base: bases[own] as Float32Array, sources, weights, own, elapsed: round / rounds });
  const { attack } = run;
  if (attack === null) return members.map((_, i) => mix(i, trained));
  const victim = members.findIndex(isHonest);
  const seen = viewOf({ members, trained, weights, meanBase, seed, round }, (sources) => mix(victim, sources));
  const send = (view: RoundView, model: Float32Array): Float32Array[] => {
    const sent = members.map((member, i) =>
      member.isAttacker
        ? attack.send({ ...view, trained: trained[i] as Float32Array }, model)
        : (trained[i] as Float32Array),
    );
    return sent;
  };
  const sources = attack.perVictim ? [] : send(seen, meanBase);
  return members.map((member, i) => {
    if (member.isAttacker) return meanBase;
    return mix(i, attack.perVictim ? send(seen, trained[i] as Float32Array) : sources);
  });
}

interface RoundState {
  readonly members: readonly Member[];
  readonly trained: readonly Float32Array[];
  readonly weights: readonly number[];
  readonly meanBase: Float32Array;
  readonly seed: number;
  readonly round: number;
}

function viewOf(state: RoundState, mixVictim: (sources: readonly Float32Array[]) => Float32Array): RoundView {
  const { members, trained, weights, meanBase } = state;
  const honest = trained.filter((_, i) => !members[i]?.isAttacker);
  const meanModel = meanOf(honest);
  let byAttackers = 0;
  for (const [i, member] of members.entries()) if (member.isAttacker) byAttackers += weights[i] ?? 0;
  return {
    meanBase,
    meanModel,
    honest,
    trained: meanBase,
    weightRatio: byAttackers / (1 - byAttackers),
    random: createSeededRandom(`${state.seed}/${state.round}`, 'attack'),
    harmOf(sent) {
      const mixed = mixVictim(trained.map((model, i) => (members[i]?.isAttacker ? sent : model)));
      let harm = 0;
      for (const [k, value] of mixed.entries())
        harm -= (value - (meanBase[k] as number)) * ((meanModel[k] as number) - (meanBase[k] as number));
      return harm;
    },
  };
}

/** What a member mixes, but for the cut into segments. */
type WholeMixture = Omit<Mixture, 'suspicions'>;

/** Segment by segment, by the rules that peers use. */
function mixSegments({ rule, segments }: Pick<Run, 'rule' | 'segments'>, whole: WholeMixture): Float32Array {
  const { base, sources } = whole;
  const cuts = Array.from({ length: segments }, (_, s): Mixture => {
    const [start, end] = [s, s + 1].map((edge) => Math.floor((base.length * edge) / segments));
    const cut = (vector: Float32Array): Float32Array => vector.subarray(start, end);
    return { ...whole, base: cut(base), sources: sources.map(cut), suspicions: [] };
  });
  const suspicions = suspect(rule, cuts);
  const mixed = new Float32Array(base.length);
  let place = 0;
  for (const cut of cuts) {
    mixed.set(aggregate(rule, { ...cut, suspicions }).mixed, place);
    place += cut.base.length;
  }
  return mixed;
}

function suspect(rule: BenchRule, cuts: readonly Mixture[]): number[] {
  const everybody = cuts[0]?.sources.map((_, j) => j) ?? [];
  if (rule.rule !== 'screened-mean') return everybody.map(() => 0);
  const surveys = cuts.map((cut) => ({ sources: everybody, survey: surveySegment(cut) }));
  return suspicionsOf(surveys, everybody.length, rule);
}

function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    for (const [k, value] of vector.entries()) sum[k] = (sum[k] as number) + value / vectors.length;
  return sum;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
