import { describe, expect, test } from 'vitest';
import type { SourceRecord } from '../../src/data/source-record.ts';
import { splitRecords } from '../../src/data/split-records.ts';

const options = { share: 0.25, seed: '1' };
const shapes = { row: (width: number) => [width], image: (width: number) => [1, width, 1] };

function record(values: readonly number[], { patient = null, kind = 'row', label = 'a' }: Partial<Look> = {}) {
  const shape = shapes[kind](values.length);
  return { place: '', patient, label, values: Float32Array.from(values), shape } satisfies SourceRecord;
}

interface Look {
  readonly patient: string | null;
  readonly kind: 'row' | 'image';
  readonly label: string;
}

/** True if two records with equal numbers lie on both sides. */
function isTorn(records: readonly SourceRecord[]): boolean {
  const { training, heldOut } = splitRecords(records, options);
  const trained = new Set(training.map((index) => String(records[index]?.values)));
  return heldOut.some((index) => trained.has(String(records[index]?.values)));
}

const twice = <T>(values: readonly T[]): T[] => [...values, ...values];
const wide = Array.from({ length: 60 }, (_, i) => [i, (i * 7) % 60, (i * 11) % 60]);
const narrow = Array.from({ length: 200 }, (_, i) => [i % 2, Math.floor(i / 2) % 3]);

describe('a split', () => {
  test('keeps copies of a row on one side', () => {
    expect(isTorn(twice(wide).map((values) => record(values)))).toBe(false);
  });

  test('keeps copies of an image on one side, however few pixels it has and whatever it is called', () => {
    const images = narrow.flatMap(([a = 0, b = 0], i) =>
      twice([record([a + i, b], { kind: 'image', patient: `p${i}` })]).map((each, copy) => ({
        ...each,
        patient: `p${i}/${copy}`,
      })),
    );
    expect(isTorn(images)).toBe(false);
  });

  test('does not take equal rows of two patients for copies', () => {
    const rows = narrow.map((values, i) => record(values, { patient: `p${i}`, label: i % 5 ? 'a' : 'b' }));
    const { heldOut, groups } = splitRecords(rows, options);
    expect([heldOut.length, groups]).toEqual([50, 200]);
  });

  test('does not take rows for copies that are equal by chance', () => {
    const { heldOut, largestGroup } = splitRecords(
      narrow.map((values) => record(values)),
      options,
    );
    expect([heldOut.length, largestGroup]).toEqual([50, 1]);
  });

  test('keeps the rows of one patient on one side', () => {
    const rows = wide.map((values, i) => record(values, { patient: `p${i % 12}` }));
    const { training, heldOut, groups } = splitRecords(rows, options);
    const patients = (indices: readonly number[]) => new Set(indices.map((index) => rows[index]?.patient));
    expect([heldOut.length, groups]).toEqual([15, 12]);
    const trained = patients(training);
    expect([...patients(heldOut)].filter((patient) => trained.has(patient))).toEqual([]);
  });
});
