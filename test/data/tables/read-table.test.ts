import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DataError } from '../../../src/data/data-error.ts';
import { encodeRecords } from '../../../src/data/encode-records.ts';
import { inputSpecSchema, type TableInput } from '../../../src/data/input-spec.ts';
import { parseCsv } from '../../../src/data/tables/parse-csv.ts';
import { readTable } from '../../../src/data/tables/read-table.ts';

const spec: TableInput = {
  kind: 'table',
  columns: [
    { kind: 'number', name: 'age', least: 0, most: 120, fill: 50, offset: 50, scale: 0.1, indicator: true },
    { kind: 'category', name: 'ward', levels: ['1', 'b'], indicator: false },
  ],
  label: { kind: 'threshold', column: 'grade', above: 0, classes: ['healthy', 'ill'] },
  patient: 'who',
  time: null,
  missing: ['?'],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-tables-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function tableOf(text: string | Uint8Array): Promise<string> {
  const path = join(folder, `table-${++files}.csv`);
  await writeFile(path, text);
  return path;
}

const HEADER = 'who,age,ward,grade\n';
const read = async (rows: string) => readTable(await tableOf(HEADER + rows), spec);

describe('a table', () => {
  test('becomes one record a row, with what is missing as NaN', async () => {
    const { records, problems } = await read('a,60,1.0,0\nb,?,b,2\n"c",,z,1\n');
    expect(problems).toEqual([]);
    expect(records.map(({ patient, label, values }) => [patient, label, ...values])).toEqual([
      ['a', 'healthy', 60, 0],
      ['b', 'ill', Number.NaN, 1],
      ['c', 'ill', Number.NaN, Number.NaN],
    ]);
  });

  test.each([
    ['a value out of range', 'a,130,1,0'],
    ['a negative one', 'a,-1,1,0'],
    ['hexadecimal', 'a,0x10,1,0'],
    ['a word', 'a,NaN,1,0'],
    ['infinity', 'a,1e999,1,0'],
    ['a decimal comma', 'a,"4,5",1,0'],
  ])('takes %s for missing', async (_, row) => {
    const { records } = await read(`${row}\n`);
    expect(records.map(({ values }) => values[0])).toEqual([Number.NaN]);
  });

  test.each([
    ['a cell too many', 'x,50,1,0,9'],
    ['a cell too few', 'x,50,1'],
    ['no label', 'x,50,1,?'],
    ['a label that is no number', 'x,50,1,ill'],
    ['a quotation mark that is not closed', 'x,"50,1,0'],
    ['a row of a million characters', `x,${'9'.repeat(1_000_000)},1,0`],
  ])('lists a row with %s, and reads the others', async (_, row) => {
    const good = 'a,60,1,0\nb,61,1,1\n';
    const { records, problems } = await read(`${good}${row}\n`);
    expect(records).toHaveLength(2);
    expect(problems.map(({ code }) => code)).toEqual(['data/bad-table']);
    expect(problems[0]?.details['offset']).toBeGreaterThan(0);
  });

  test('is read with a byte order mark, carriage returns and no last line break', async () => {
    const { records } = await readTable(
      await tableOf(`\uFEFF${HEADER}a,60,1,0\nb,61,1,1`.replaceAll('\n', '\r\n')),
      spec,
    );
    expect(records).toHaveLength(2);
  });

  test.each([
    ['nothing in it', ''],
    ['one column', 'age\n1\n'],
    ['a column named twice', 'who,age,age,grade\n'],
    ['a column missing', 'who,age,grade\n1,2,3\n'],
    ['only zeros', new Uint8Array(5_000)],
  ])('with %s is refused', async (_, text) => {
    await expect(readTable(await tableOf(text), spec)).rejects.toMatchObject({ code: 'data/bad-table' });
  });

  test('never quotes a cell in what it lists', async () => {
    const { problems } = await read('Janssen^Maria,50,1,SECRET\n"Janssen^Maria,1\n');
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems.map(({ message, details }) => [message, details]))).not.toMatch(/Janssen|SECRET/);
  });
});

describe('the inputs of a network', () => {
  test('have missing values filled and marked, and a place for each level', async () => {
    const { records } = await read('a,60,1,0\nb,?,b,2\nc,,z,1\n');
    const { inputs, labels, inputShape } = encodeRecords(records, spec);
    expect(inputShape).toEqual([4]);
    expect([...labels]).toEqual([0, 1, 1]);
    expect([...inputs]).toEqual([1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0]);
  });

  test('refuse a class that the study has not', async () => {
    const [record] = (await read('a,60,1,0\n')).records;
    if (record === undefined) throw new Error('no record');
    expect(() => encodeRecords([{ ...record, label: 'other' }], spec)).toThrow(
      expect.objectContaining({ code: 'data/unsuitable' }),
    );
  });

  test('are described by a schema that takes no nonsense', () => {
    expect(inputSpecSchema.safeParse(spec).success).toBe(true);
    const [age, ward] = spec.columns;
    for (const bad of [
      { ...spec, columns: [] },
      { ...spec, columns: [{ ...age, least: 5, most: 5 }] },
      { ...spec, columns: [{ ...ward, levels: [] }] },
      { ...spec, surplus: 1 },
    ]) {
      expect(inputSpecSchema.safeParse(bad).success).toBe(false);
    }
  });
});

test('a thousand damaged tables are read or refused by name, never anything else', () => {
  const sound = Buffer.from(
    `${HEADER}${Array.from({ length: 20 }, (_, i) => `p${i},${20 + i},b,${i % 3}`).join('\n')}\n`,
  );
  const outcomes = { read: 0, refused: 0 };
  const damage = fc.array(
    fc.record({ at: fc.nat(sound.length - 1), cut: fc.nat(30), put: fc.uint8Array({ maxLength: 12 }) }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(damage, (edits) => {
      const bytes = edits.reduce(
        (all: Uint8Array, { at, cut, put }) => Buffer.concat([all.subarray(0, at), put, all.subarray(at + cut)]),
        sound,
      );
      try {
        const { rows, header, badRows } = parseCsv('table.csv', bytes);
        expect(rows.every(({ cells }) => cells.length === header.length)).toBe(true);
        expect(badRows.errors().every(({ code }) => code === 'data/bad-table')).toBe(true);
        outcomes.read += 1;
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        outcomes.refused += 1;
      }
    }),
    { numRuns: 1_000, seed: 7 },
  );
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(10);
});
