import { beforeAll, describe, expect, test } from 'vitest';
import { ATTACKS, type AttackName } from '../../scripts/bench/robustness/attacks.ts';
import { benchRules } from '../../scripts/bench/robustness/bench-rules.ts';
import { type Run, type RunOutcome, simulate, trainAlone } from '../../scripts/bench/robustness/simulate.ts';
import { digitsTask, type Task } from '../../scripts/bench/robustness/tasks.ts';
import { meanOfNumbers } from '../../scripts/bench/robustness/vectors.ts';

/** A small part of `npm run bench:robustness`: ten hospitals, two attackers, rounds of 24 steps, one seed. */
const ATTACKERS = 2;
const SKEWED = { alpha: 0.3, sizeRatio: 94 };

let task: Task;
beforeAll(async () => {
  const digits = await digitsTask();
  task = { ...digits, local: { ...digits.local, steps: 24 } };
});

function runOf(ruleName: string, attack: AttackName | null): Run {
  const named = benchRules(ATTACKERS, 10).find(({ name }) => name === ruleName);
  if (named === undefined) throw new Error(`no rule ${ruleName}`);
  const found = ATTACKS.find(({ name }) => name === attack) ?? null;
  const { rule, weightShareCap } = named;
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
