import { setImmediate } from 'node:timers/promises';
import { ATTACKS, type AttackName } from './attacks.ts';
import { benchRules, type NamedRule } from './bench-rules.ts';
import type { Skew } from './share-data.ts';
import { type Run, simulate, trainAlone } from './simulate.ts';
import type { Task } from './tasks.ts';
import { meanOfNumbers as mean } from './vectors.ts';

export interface RowPlan {
  readonly tasks: readonly Task[];
  readonly skews: readonly Skew[];
  readonly members: number;
  readonly attackers: readonly number[];
  readonly seeds: readonly number[];
  readonly rules: readonly string[];
  readonly attacks: readonly (AttackName | 'none')[];
  /** Of a task's rounds. */
  readonly roundsShare: number;
  readonly segments: number;
}

/** One attack on one rule in one federation; accuracies on the common test part, over honest members and seeds. */
export interface RobustnessRow {
  readonly task: string;
  readonly alpha: number;
  readonly sizeRatio: number;
  readonly members: number;
  readonly attackers: number;
  readonly rule: string;
  readonly attack: string;
  readonly accuracy: number;
  readonly worstMember: number;
  /** Points below the plain mean without attackers in the same federation. */
  readonly lostPoints: number;
  /** Of triggered images, the share that is taken for the trigger's class beyond the baseline's own mistakes; null for other attacks. */
  readonly backdoorSuccess: number | null;
  /** Honest members, of how many, that would have been better off alone. */
  readonly betterAlone: number;
  /** Those of them for whom the difference is more than two standard errors of an accuracy on the test part. */
  readonly clearlyBetterAlone: number;
  readonly honestMembers: number;
}

/** A federation of the bench: everything but rule and attack. */
type Federation = Pick<Run, 'task' | 'skew' | 'members' | 'attackers' | 'rounds' | 'segments'>;

/** @param onRow told about each row as it is there */
export async function measureRows(
  plan: RowPlan,
  onRow: (row: RobustnessRow) => void,
  signal: AbortSignal,
): Promise<RobustnessRow[]> {
  const rows: RobustnessRow[] = [];
  for (const task of plan.tasks)
    for (const skew of plan.skews)
      for (const attackers of plan.attackers) {
        const { members, segments } = plan;
        const rounds = Math.round(task.rounds * plan.roundsShare);
        for (const row of measureFederation(plan, { task, skew, members, attackers, rounds, segments })) {
          rows.push(row);
          onRow(row);
          await setImmediate(); // or an interrupt would wait for the last row
          signal.throwIfAborted();
        }
      }
  return rows;
}

function* measureFederation(plan: RowPlan, federation: Federation): Generator<RobustnessRow> {
  const rules = benchRules(federation.attackers, federation.members);
  const plain = rules[0] as NamedRule;
  const runsOf = (named: NamedRule, attack: AttackName | 'none') =>
    plan.seeds.map((seed): Run => {
      const { rule, weightShareCap } = named;
      const found = ATTACKS.find(({ name }) => name === attack) ?? null;
      return { ...federation, attack: found, rule, weightShareCap, seed };
    });
  const peaceful = runsOf(plain, 'none').map((run) => simulate(run));
  const baseline = {
    accuracy: mean(peaceful.flatMap(({ honest }) => honest)),
    triggered: mean(peaceful.map(({ triggered }) => triggered)),
  };
  // Who is honest depends on whether there is an attack, and on nothing else of it.
  const aloneUnder = (attack: AttackName | 'none') => runsOf(plain, attack).flatMap((run) => trainAlone(run));
  const [alonePeaceful, aloneAttacked] = [aloneUnder('none'), aloneUnder('sign-flip')];
  for (const attack of plan.attacks) {
    if (attack === 'backdoor' && federation.task.side === null) continue;
    const alone = attack === 'none' ? alonePeaceful : aloneAttacked;
    for (const named of rules.filter(({ name }) => plan.rules.includes(name)))
      yield toRow({ federation, named, attack, baseline, alone }, runsOf(named, attack));
  }
}

interface RowQuestion {
  readonly federation: Federation;
  readonly named: NamedRule;
  readonly attack: AttackName | 'none';
  readonly baseline: { readonly accuracy: number; readonly triggered: number };
  readonly alone: readonly number[];
}

function toRow({ federation, named, attack, baseline, alone }: RowQuestion, runs: readonly Run[]): RobustnessRow {
  const outcomes = runs.map((run) => simulate(run));
  const honest = outcomes.flatMap((outcome) => outcome.honest);
  const { task, skew, members, attackers } = federation;
  return {
    task: task.name,
    ...skew,
    members,
    attackers,
    rule: named.name,
    attack,
    accuracy: mean(honest),
    worstMember: Math.min(...honest),
    lostPoints: 100 * (baseline.accuracy - mean(honest)),
    backdoorSuccess:
      attack === 'backdoor' ? mean(outcomes.map(({ triggered }) => triggered)) - baseline.triggered : null,
    betterAlone: honest.filter((accuracy, i) => accuracy < (alone[i] ?? 0)).length,
    clearlyBetterAlone: honest.filter((accuracy, i) => {
      const apart = (alone[i] ?? 0) - accuracy;
      return apart > 2 * Math.sqrt((accuracy * (1 - accuracy)) / task.test.labels.length);
    }).length,
    honestMembers: honest.length,
  };
}
