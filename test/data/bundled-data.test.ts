import { expect, test } from 'vitest';
import { parseLabelledTable } from '../../src/data/csv-table.ts';
import { readDigits } from '../../src/data/read-digits.ts';
import { readSource } from '../../src/data/read-source.ts';
import { readWdbc } from '../../src/data/read-wdbc.ts';

const countOf = (labels: Uint8Array, label: number) => labels.filter((value) => value === label).length;

test('the breast cancer set has 212 malignant and 357 benign samples of 30 scaled features', async () => {
  const { inputs, labels, samples, inputShape, classNames, inputScaling } = await readWdbc();
  expect([samples, inputShape, classNames]).toEqual([569, [30], ['malignant', 'benign']]);
  expect([countOf(labels, 0), countOf(labels, 1)]).toEqual([212, 357]);
  const [offset, scale] = [inputScaling.offset[0] as number, inputScaling.scale[0] as number];
  expect((inputs[0] as number) / scale + offset).toBeCloseTo(17.99, 4);
  const range = 28.11 - 6.981;
  expect(inputs[0]).toBeCloseTo((17.99 - 6.981 - 0.25 * range) / (0.15 * range), 5);
});

test('scaled breast cancer features have about mean 0 and standard deviation 1', async () => {
  const { inputs } = await readWdbc();
  const mean = inputs.reduce((sum, input) => sum + input, 0) / inputs.length;
  const square = inputs.reduce((sum, input) => sum + input * input, 0) / inputs.length;
  expect(Math.abs(mean)).toBeLessThan(0.3);
  expect(Math.sqrt(square)).toBeGreaterThan(0.7);
  expect(Math.sqrt(square)).toBeLessThan(1.3);
});

test('the digits are 1,797 images of 8 × 8 pixels between 0 and 1', async () => {
  const { inputs, labels, samples, inputShape, classes } = await readDigits();
  expect([samples, inputShape, classes]).toEqual([1797, [8, 8, 1], 10]);
  expect([...inputs.subarray(0, 4)]).toEqual([0, 0, 5 / 16, 13 / 16]);
  expect(inputs.every((input) => input >= 0 && input <= 1)).toBe(true);
  expect(Array.from({ length: 10 }, (_, digit) => countOf(labels, digit))).toEqual([
    178, 182, 177, 183, 181, 182, 181, 179, 174, 180,
  ]);
});

test('a source is bundled by its name, and a file otherwise', async () => {
  expect(await readSource('wdbc')).toMatchObject({ kind: 'wdbc', test: null });
  expect(await readSource('digits')).toMatchObject({ kind: 'digits', test: null });
  await expect(readSource('./no-such-file.npz')).rejects.toMatchObject({ code: 'data/missing-file' });
});

test.each(['1,2', '1,2,3,0', '1,x,0', '1,,0', '1,NaN,0', '1,Infinity,0', '1,2,2', '1,2,-1', '1,2,0.5', '=1+1,2,0'])(
  'a table refuses the row %s',
  (row) => {
    expect(() => parseLabelledTable('t.csv', ['1,2,0', row], 3, 2)).toThrow(
      expect.objectContaining({ code: 'data/bad-table' }),
    );
  },
);
