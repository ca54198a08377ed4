import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outerStep } from '../../src/model/outer-step.ts';

const LENGTH = 4;
const vector = fc
  .array(fc.integer({ min: -64, max: 64 }), { minLength: LENGTH, maxLength: LENGTH })
  .map((values) => Float32Array.from(values));
const mean = (vectors: readonly Float32Array[]) =>
  Float32Array.from(
    { length: LENGTH },
    (_, i) => vectors.reduce((sum, each) => sum + (each[i] ?? 0), 0) / vectors.length,
  );

test('the mean of the steps of all members is the step along their mean change', () => {
  const terms = { learningRate: 0.75, momentum: 0.5 };
  const members = fc.array(fc.record({ trained: vector, velocity: vector }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(vector, members, (base, each) => {
      const steps = each.map((member) => outerStep(terms, { base, ...member }));
      const together = outerStep(terms, {
        base,
        trained: mean(each.map(({ trained }) => trained)),
        velocity: mean(each.map(({ velocity }) => velocity)),
      });
      const mixed = mean(steps.map(({ parameters }) => parameters));
      for (const [i, value] of together.parameters.entries()) expect(mixed[i]).toBeCloseTo(value, 3);
    }),
  );
});

test('a step of 1 without momentum is the training itself; momentum goes beyond it', () => {
  const training = { base: Float32Array.of(1, 2), trained: Float32Array.of(2, 0), velocity: Float32Array.of(0, 0) };
  expect(outerStep({ learningRate: 1, momentum: 0 }, training).parameters).toEqual(training.trained);
  const { parameters, velocity } = outerStep({ learningRate: 1, momentum: 0.5 }, training);
  expect([...parameters, ...velocity]).toEqual([2.5, -1, 1, -2]);
});
