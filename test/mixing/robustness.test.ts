import { beforeAll, describe, expect, test } from 'vitest';
import { ATTACKS, type AttackName } from '../../scripts/bench/robustness/attacks.ts';
import { networkLearner } from '../../scripts/bench/robustness/bench-learner.ts';
import { benchRules, type NamedRule } from '../../scripts/bench/robustness/bench-rules.ts';
import { type Run, type RunOutcome, simulate, trainAlone } from '../../scripts/bench/robustness/simulate.ts';
import { digitsTask, type Task, wdbcTask } from '../../scripts/bench/robustness/tasks.ts';
import { meanOfNumbers } from '../../scripts/bench/robustness/vectors.ts';

/** A small part of `npm run bench:robustness`: ten hospitals, two attackers, rounds of 24 steps, one seed. */
const ATTACKERS = 2;
const SKEWED = { alpha: 0.3, sizeRatio: 94 };

let task: Task;
beforeAll(async () => {
  const digits = await digitsTask();
  task = { ...digits, local: { ...digits.local, steps: 24 } };
});

function ruleOf(ruleName: string, attackers: number, members: number): NamedRule {
  const named = benchRules(attackers, members).find(({ name }) => name === ruleName);
  if (named === undefined) throw new Error(`no rule ${ruleName}`);
  return named;
}

function runOf(ruleName: string, attack: AttackName | null): Run {
  const found = ATTACKS.find(({ name }) => name === attack) ?? null;
  const { rule, weightShareCap } = ruleOf(ruleName, ATTACKERS, 10);
  return {
    task,
    skew: SKEWED,
    members: 10,
    attackers: ATTACKERS,
    attack: found,
    rule,
    weightShareCap,
    segments: 2,
    rounds: 12,
    seed: 1,
  };
}

const accuracy = ({ honest }: RunOutcome): number => meanOfNumbers(honest);

describe('two of ten hospitals attack, classes are skewed, and sizes differ 94-fold', () => {
  let peaceful: number;
  beforeAll(() => void (peaceful = accuracy(simulate(runOf('mean', null)))));

  test.each<AttackName>(['foe', 'sign-flip', 'ipm'])(
    'under %s the screened mean holds, and nobody is better off alone',
    (attack) => {
      const outcome = simulate(runOf('screened-mean', attack));
      expect(peaceful - accuracy(outcome)).toBeLessThan(0.04);
      const alone = trainAlone(runOf('screened-mean', attack));
      for (const [i, member] of outcome.honest.entries()) expect(member).toBeGreaterThan(alone[i] ?? 1);
    },
  );

  test('the control, the plain mean, falls to either of them', () => {
    for (const attack of ['foe', 'sign-flip'] as const)
      expect(peaceful - accuracy(simulate(runOf('mean', attack)))).toBeGreaterThan(0.2);
  });

  test('attackers that know the rule lose it little', () => {
    expect(peaceful - accuracy(simulate(runOf('screened-mean', 'adaptive')))).toBeLessThan(0.04);
  });

  test('a boosted backdoor does not get in, and gets into the plain mean', () => {
    expect(simulate(runOf('screened-mean', 'backdoor')).triggered).toBeLessThan(0.05);
    expect(simulate(runOf('mean', 'backdoor')).triggered).toBeGreaterThan(0.9);
  });
});

describe('five hospitals with tables of a skewed class each, of which one attacks', () => {
  let table: Task;
  beforeAll(async () => {
    const wdbc = await wdbcTask();
    table = { ...wdbc, local: { ...wdbc.local, steps: 24 } };
  });

  const smallRun = (ruleName: string, attack: AttackName | null, seed = 3): Run => {
    const { rule, weightShareCap } = ruleOf(ruleName, 1, 5);
    const found = ATTACKS.find(({ name }) => name === attack) ?? null;
    const study = { skew: { alpha: 0.3, sizeRatio: 1 }, members: 5, attackers: 1, segments: 2, rounds: 10, seed };
    return { ...study, task: table, attack: found, rule, weightShareCap };
  };

  test.each<AttackName>(['sign-flip', 'ipm', 'adaptive'])(
    'under %s the default holds, and the plain mean falls',
    (attack) => {
      const peaceful = accuracy(simulate(smallRun('mean', null)));
      expect(peaceful - accuracy(simulate(smallRun('screened-mean', attack)))).toBeLessThan(0.06);
      expect(peaceful - accuracy(simulate(smallRun('mean', attack)))).toBeGreaterThan(0.2);
    },
  );
});

describe('five hospitals with a convolutional network of the product, of which one attacks', () => {
  test('the default holds, and the plain mean falls', async () => {
    const learner = await networkLearner({
      kind: 'cnn',
      height: 8,
      width: 8,
      channels: 1,
      filters: [8, 16],
      padding: 'same',
      dense: 32,
      classes: 10,
    });
    // Until the others have judged it a few times the attacker does harm, and the rounds after that make up for it.
    const study = { skew: { alpha: 1, sizeRatio: 1 }, members: 5, attackers: 1, segments: 2, rounds: 16, seed: 1 };
    const accuracyUnder = (ruleName: string, attack: AttackName | null): number => {
      const { rule, weightShareCap } = ruleOf(ruleName, 1, 5);
      const found = ATTACKS.find(({ name }) => name === attack) ?? null;
      return accuracy(
        simulate({
          ...study,
          task: { ...task, learner, local: { ...task.local, learningRate: 0.05 } },
          attack: found,
          rule,
          weightShareCap,
        }),
      );
    };
    const peaceful = accuracyUnder('mean', null);
    expect(peaceful).toBeGreaterThan(0.8);
    expect(peaceful - accuracyUnder('screened-mean', 'sign-flip')).toBeLessThan(0.08);
    expect(peaceful - accuracyUnder('mean', 'sign-flip')).toBeGreaterThan(0.3);
  });
});

describe('nobody attacks, and a class is known to few', () => {
  test('a hospital that everybody profits from is kept, which the rule without trust leaves out', async () => {
    const wdbc = await wdbcTask();
    const table = { ...wdbc, local: { ...wdbc.local, steps: 24 } };
    const study = {
      task: table,
      skew: { alpha: 0.3, sizeRatio: 1 },
      members: 10,
      attackers: 2,
      segments: 4,
      rounds: 10,
      seed: 5,
    };
    const { rule, weightShareCap } = ruleOf('screened-mean', 2, 10);
    if (rule.rule !== 'screened-mean') throw new TypeError('another rule');
    const lost = (leastApproval: number): number => {
      const plain = accuracy(simulate({ ...study, attack: null, ...ruleOf('mean', 2, 10) }));
      return plain - accuracy(simulate({ ...study, attack: null, rule: { ...rule, leastApproval }, weightShareCap }));
    };
    expect(lost(rule.leastApproval)).toBeLessThan(0.06);
    expect(lost(1)).toBeGreaterThan(0.12);
  });
});
