import { createSeededRandom, type SeededRandom } from '../../../src/base/seeded-random.ts';
import { type JudgingTerms, weighSuspicions } from '../../../src/mixing/standings.ts';
import { type AggregationRule, aggregate } from '../../../src/model/aggregation/aggregate.ts';
import type { Mixture } from '../../../src/model/aggregation/mixture.ts';
import { type SuspicionBounds, surveySegment, suspicionsOf } from '../../../src/model/aggregation/screening.ts';
import { mixWeights } from '../../../src/model/mix.ts';
import type { Standing } from '../../../src/protocol/recipe.ts';
import { type Samples, selectRows } from '../perceptron.ts';
import { type Attack, flipLabels, plantTrigger, type RoundView, triggeredTest } from './attacks.ts';
import { expectedScore, hearAll, nameOf } from './judge-round.ts';
import { type Skew, shareData } from './share-data.ts';
import type { Task } from './tasks.ts';
import { cutsOf, meanOf, meanOfNumbers } from './vectors.ts';

/** A rule, and where it screens, from when on it suspects and how it hears judgements. */
export type BenchRule =
  | Exclude<AggregationRule, { rule: 'screened-mean' }>
  | (Extract<AggregationRule, { rule: 'screened-mean' }> &
      SuspicionBounds &
      Pick<JudgingTerms, 'attackers' | 'lowestStanding' | 'leastApproval' | 'memory'>);

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
  /** Mean over the honest members of the share of triggered images that are taken for the trigger's class; 0 where there are no images. */
  readonly triggered: number;
}

interface Member {
  /** What it trains on. */
  readonly data: Samples;
  /** What it judges others by. */
  readonly heldOut: Samples;
  readonly samples: number;
  readonly isAttacker: boolean;
}

/** Of a member's records, as `data split` keeps them back. */
const HELD_OUT_SHARE = 0.2;

function membersOf({ task, skew, members, attackers, attack, seed }: Run): Member[] {
  const shares = shareData(task.training, members, skew, createSeededRandom(`${seed}`, 'shares'));
  const largest = Math.max(...shares.map(({ labels }) => labels.length));
  const first = Math.floor((members - attackers) / 2);
  return shares.map((share, i) => {
    const isAttacker = attack !== null && i >= first && i < first + attackers;
    const { data, heldOut } = cut(share, createSeededRandom(`${seed}/${i}`, 'held-out'));
    if (!isAttacker) return { data, heldOut, samples: data.labels.length, isAttacker };
    return { data: poison(task, data, attack), heldOut, samples: largest, isAttacker };
  });
}

function cut(share: Samples, random: SeededRandom): Pick<Member, 'data' | 'heldOut'> {
  const order = random.shuffle([...share.labels.keys()]);
  const kept = Math.max(1, Math.floor(HELD_OUT_SHARE * order.length));
  return {
    data: selectRows(share, order.slice(kept)),
    heldOut: selectRows(share, order.slice(0, kept)),
  };
}

function poison({ learner, side }: Task, data: Samples, attack: Attack): Samples {
  if (attack.poison === 'flipped-labels') return flipLabels(data, learner.classes);
  return attack.poison === 'trigger' && side !== null ? plantTrigger(data, side, 2) : data;
}

/** Runs a study, and judges the honest members' last models. */
export function simulate(run: Run): RunOutcome {
  const { task } = run;
  const members = membersOf(run);
  const initial = task.learner.initial(run.seed);
  let state: StudyState = { bases: members.map(() => initial), standings: [], slopes: [] };
  for (let round = 0; round < run.rounds; round++) state = playRound(run, members, state, round);
  const honest = state.bases.filter((_, i) => !members[i]?.isAttacker);
  const triggered = task.side === null ? null : triggeredTest(task.test, task.side);
  return {
    honest: honest.map((model) => task.learner.accuracy(model, task.test)),
    triggered: triggered === null ? 0 : meanOfNumbers(honest.map((model) => task.learner.accuracy(model, triggered))),
  };
}

/** Each honest member's accuracy after as many rounds of training without anybody else. */
export function trainAlone(run: Run): number[] {
  const { task, rounds, seed } = run;
  const initial = task.learner.initial(seed);
  return membersOf(run)
    .filter(({ isAttacker }) => !isAttacker)
    .map(({ data }, i) => {
      let model = initial;
      for (let round = 0; round < rounds; round++) {
        const random = createSeededRandom(`${seed}/${i}/${round}`, 'alone');
        model = task.learner.train(model, data, { training: task.local, random });
      }
      return task.learner.accuracy(model, task.test);
    });
}

/** What is there when a round begins; all hear the same judgements, so that they agree on the standings. */
interface StudyState {
  readonly bases: readonly Float32Array[];
  readonly standings: readonly Standing[];
  /** Gradients that the last round was judged by; none before the first, and under a rule that hears no judgements. */
  readonly slopes: readonly Float32Array[];
}

function playRound(run: Run, members: readonly Member[], state: StudyState, round: number): StudyState {
  const { bases, standings, slopes } = state;
  const { task, seed, rounds, weightShareCap } = run;
  const isHonest = (_: unknown, i: number): boolean => !members[i]?.isAttacker;
  const meanBase = meanOf(bases.filter(isHonest));
  const trained = members.map(({ data, isAttacker }, i) =>
    task.learner.train(isAttacker ? meanBase : (bases[i] as Float32Array), data, {
      training: task.local,
      random: createSeededRandom(`${seed}/${i}/${round}`, 'train'),
    }),
  );
  const weights = mixWeights(
    members.map(({ samples }) => ({ samples, staleness: 0 })),
    { weightShareCap, discount: 1 },
  );
  const mix = (own: number, sources: readonly Float32Array[]): Float32Array =>
    mixSegments(run, { base: bases[own] as Float32Array, sources, weights, own, elapsed: round / rounds }, standings);
  const { attack } = run;
  const finish = (sourcesFor: (member: number) => readonly Float32Array[]): StudyState => {
    const mixed = members.map(({ isAttacker }, i) => (isAttacker ? meanBase : mix(i, sourcesFor(i))));
    const { rule, segments } = run;
    if (rule.rule !== 'screened-mean' || rule.lowestStanding === -1) return { ...state, bases: mixed };
    const slopes = members.map(({ heldOut }, i) => task.learner.slope(mixed[i] as Float32Array, heldOut));
    const judged = { bases, slopes, segments, sourcesFor };
    return { bases: mixed, slopes, standings: hearAll(members, standings, rule, judged) };
  };
  if (attack === null) return finish(() => trained);
  const victim = members.findIndex(isHonest);
  const scoreOf = (sources: readonly Float32Array[]): number =>
    slopes.length === 0
      ? 0
      : expectedScore(members, run.attackers, { bases, slopes, segments: run.segments, sent: sources });
  const view = { members, trained, weights, meanBase, seed, round, scoreOf };
  const seen = viewOf(view, (sources) => mix(victim, sources));
  const send = (view: RoundView, model: Float32Array): Float32Array[] => {
    const sent = members.map((member, i) =>
      member.isAttacker
        ? attack.send({ ...view, trained: trained[i] as Float32Array }, model)
        : (trained[i] as Float32Array),
    );
    return sent;
  };
  if (attack.perVictim) return finish((i) => send(seen, trained[i] as Float32Array));
  const sources = send(seen, meanBase);
  return finish(() => sources);
}

interface RoundState {
  readonly members: readonly Member[];
  readonly trained: readonly Float32Array[];
  readonly weights: readonly number[];
  readonly meanBase: Float32Array;
  readonly seed: number;
  readonly round: number;
  readonly scoreOf: (sources: readonly Float32Array[]) => number;
}

function viewOf(state: RoundState, mixVictim: (sources: readonly Float32Array[]) => Float32Array): RoundView {
  const { members, trained, weights, meanBase } = state;
  const honest = trained.filter((_, i) => !members[i]?.isAttacker);
  const meanModel = meanOf(honest);
  let byAttackers = 0;
  for (const [i, member] of members.entries()) if (member.isAttacker) byAttackers += weights[i] ?? 0;
  const withAttackers = (sent: Float32Array) => trained.map((model, i) => (members[i]?.isAttacker ? sent : model));
  return {
    meanBase,
    meanModel,
    honest,
    trained: meanBase,
    weightRatio: byAttackers / (1 - byAttackers),
    random: createSeededRandom(`${state.seed}/${state.round}`, 'attack'),
    scoreOf: (sent) => state.scoreOf(withAttackers(sent)),
    harmOf(sent) {
      const mixed = mixVictim(withAttackers(sent));
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
function mixSegments(
  { rule, segments }: Pick<Run, 'rule' | 'segments'>,
  whole: WholeMixture,
  standings: readonly Standing[],
): Float32Array {
  const { base, sources } = whole;
  const cuts = cutsOf(base.length, segments).map(
    (cut): Mixture => ({ ...whole, base: cut(base), sources: sources.map(cut), suspicions: [] }),
  );
  const suspicions = suspect(rule, cuts, standings);
  const mixed = new Float32Array(base.length);
  let place = 0;
  for (const cut of cuts) {
    mixed.set(aggregate(rule, { ...cut, suspicions }).mixed, place);
    place += cut.base.length;
  }
  return mixed;
}

function suspect(rule: BenchRule, cuts: readonly Mixture[], standings: readonly Standing[]): number[] {
  const everybody = cuts[0]?.sources.map((_, j) => j) ?? [];
  if (rule.rule !== 'screened-mean') return everybody.map(() => 0);
  const surveys = cuts.map((cut) => ({ sources: everybody, survey: surveySegment(cut, rule.attackersPerMix) }));
  const entries = everybody.map((j) => ({ member: nameOf(j) }));
  return weighSuspicions(suspicionsOf(surveys, everybody.length, rule), entries, standings, rule);
}
