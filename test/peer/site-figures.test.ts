import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { UNKNOWN } from '../../src/data/prepared-demographics.ts';
import type { Evaluation } from '../../src/model/engine.ts';
import { type JudgedExamples, siteFigures } from '../../src/peer/site-figures.ts';
import { tellableGroups } from '../../src/peer/small-groups.ts';
import { groupsOf, SMALLEST_GROUP, siteFiguresSchema } from '../../src/protocol/site-figures.ts';

const TERMS = { sex: true, ageBounds: [40, 65] };

/** Women (0) are classified rightly, men (1) never; ages as given. */
function judged(people: readonly { sex: number; age: number }[], hasDemographics = true): [Evaluation, JudgedExamples] {
  const samples = people.length;
  const random = createSeededRandom('site figures', 'test');
  const labels = Uint8Array.from(people, (_, i) => i % 2);
  const probabilities = Float32Array.from(
    people.flatMap(({ sex }, i) => {
      const sure = 0.6 + 0.3 * random.next();
      const isOne = (i % 2 === 1) === (sex === 0);
      return isOne ? [1 - sure, sure] : [sure, 1 - sure];
    }),
  );
  const demographics = {
    sexes: Uint8Array.from(people, ({ sex }) => sex),
    ages: Uint8Array.from(people, ({ age }) => age),
  };
  const inputs = new Float32Array(samples);
  const shape = { inputs, labels, samples, inputShape: [1], classes: 2 };
  return [
    { samples, loss: 0.5, accuracy: 0.5, auc: 0.5, probabilities },
    { ...shape, ...(hasDemographics ? { demographics } : {}) },
  ];
}

const people = (count: number, sex: number, age: number) => Array.from({ length: count }, () => ({ sex, age }));

describe('figures by group', () => {
  const mixed = [...people(60, 0, 30), ...people(40, 1, 50), ...people(20, UNKNOWN, 70)];
  const figures = siteFigures(...judged(mixed), TERMS);

  test('are told for each group that the study asks for, in its order', () => {
    const groups = figures.subgroups?.map(({ by, group }) => ({ by, group }));
    expect(groups).toEqual(groupsOf(TERMS));
    expect(groups?.map(({ group }) => group)).toEqual([
      'female',
      'male',
      'other',
      'unknown',
      '0-39',
      '40-64',
      '65+',
      'unknown',
    ]);
  });

  test('are those of the group alone', () => {
    const of = (group: string) => figures.subgroups?.find((each) => each.group === group)?.figures;
    expect(of('female')).toMatchObject({ samples: 60, accuracy: 1, auc: 1 });
    expect(of('40-64')).toMatchObject({ samples: 40, accuracy: 0, auc: 0 });
    expect(of('65+')).toMatchObject({ samples: 20 });
    expect(of('female')?.brier).toBeLessThan(of('male')?.brier ?? 0);
    expect(of('female')?.calibrationError).toBeLessThan(of('male')?.calibrationError ?? 0);
    expect(of('other')).toBeNull();
  });

  test('fit the schema of what is signed', () => {
    expect(siteFiguresSchema.parse(figures)).toEqual(figures);
  });

  test('are not told where the study asks for none, the data say nothing, or there are no probabilities', () => {
    expect(siteFigures(...judged(mixed), undefined).subgroups).toBeNull();
    expect(siteFigures(...judged(mixed, false), TERMS).subgroups).toBeNull();
    const [evaluation, examples] = judged(mixed);
    const survival = siteFigures({ ...evaluation, probabilities: new Float32Array() }, examples, TERMS);
    expect([survival.calibration, survival.subgroups]).toEqual([null, null]);
  });

  test('have no AUC where a class has few records in the group: that all are ill would be told of each', () => {
    const [evaluation, examples] = judged(people(30, 0, 30));
    const labels = examples.labels.map((_, i) => (i < 9 ? 0 : 1));
    const [female] = siteFigures(evaluation, { ...examples, labels }, TERMS).subgroups ?? [];
    expect(female?.figures).toMatchObject({ samples: 30, auc: null });
  });
});

describe('small groups', () => {
  const toldOf = (...parts: { sex: number; age: number }[][]) =>
    siteFigures(...judged(parts.flat()), TERMS).subgroups?.flatMap(({ group, figures }) =>
      figures === null ? [] : `${group} ${figures.samples}`,
    );

  test('of nine are hidden, and one more with them, since they would follow by subtraction; of ten they are told', () => {
    expect(toldOf(people(50, 0, 30), people(30, 1, 30), people(9, UNKNOWN, 30))).toEqual(['female 50', '0-39 89']);
    expect(toldOf(people(50, 0, 30), people(30, 1, 30), people(10, UNKNOWN, 30))).toEqual([
      'female 50',
      'male 30',
      'unknown 10',
      '0-39 90',
    ]);
  });

  test('never can be worked out: what is hidden is nothing, or ten records and more, or the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 }), (counts) => {
        const told = tellableGroups(counts);
        const hidden = counts.filter((_, i) => told[i] !== true);
        const total = hidden.reduce((sum, count) => sum + count, 0);
        expect(counts.every((count, i) => told[i] !== true || count >= SMALLEST_GROUP)).toBe(true);
        expect(total === 0 || total >= SMALLEST_GROUP || hidden.length === counts.length).toBe(true);
      }),
    );
  });

  test('bins of calibration are groups too', () => {
    const { calibration } = siteFigures(...judged(people(12, 0, 30)), TERMS);
    const told = calibration?.bins.filter((bin) => bin !== null) ?? [];
    expect(told.every((bin) => bin.samples >= SMALLEST_GROUP)).toBe(true);
    expect(calibration?.error).toBeGreaterThan(0);
  });
});
