import { describe, expect, test } from 'vitest';
import { countLeftOut } from '../../../src/data/tables/bad-rows.ts';
import { parseCsv } from '../../../src/data/tables/parse-csv.ts';

const HEADER = 'name,age\n';
const parse = (text: string | Uint8Array) => parseCsv('table.csv', Buffer.from(text));
const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => `p${index},${index}`);

describe('a row with an open quotation mark', () => {
  test.each([
    ['first', 0],
    ['in the middle', 5],
    ['last', 10],
  ])('that is %s costs that row alone', (_, at) => {
    const lines = rowsOf(10).toSpliced(at, 0, '"open,1');
    const { rows, badRows } = parse(`\uFEFF${HEADER}${lines.join('\n')}\n`);
    expect(rows.map(({ cells }) => cells.join())).toEqual(rowsOf(10));
    expect(rows.map(({ line }) => line)).toEqual(lines.flatMap((line, i) => (line.startsWith('"') ? [] : [i + 2])));
    const before = `\uFEFF${HEADER}${lines.slice(0, at).join('\n')}${at === 0 ? '' : '\n'}`;
    const [problem, ...others] = badRows.errors();
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'data/bad-table', details: { offset: Buffer.byteLength(before) } });
    expect(problem?.message).toContain(`line ${at + 2} `);
  });

  test('that stands before a hundred thousand others costs none of them', () => {
    const { rows, badRows } = parse(`${HEADER}"open,1\n${rowsOf(100_000).join('\n')}\n`);
    expect([rows.length, rows.at(-1)?.line, badRows.errors().length]).toEqual([100_000, 100_002, 1]);
  });

  test('does not change what a closed one holds: line breaks, commas and quotation marks', () => {
    const { rows, badRows } = parse(`${HEADER}"a\nb, ""c""",1\r\n\r\nx"y,2\r\nd,3\r\n`);
    expect(rows.map(({ cells, line }) => [...cells, line])).toEqual([
      ['a\nb, "c"', '1', 2],
      ['d', '3', 6],
    ]);
    expect(badRows.errors().map(({ message }) => /line \d+/.exec(message)?.[0])).toEqual(['line 5']);
  });
});

describe('a table that is none', () => {
  test('has its first thousand bad rows listed, and the others counted', () => {
    const { rows, badRows } = parse(`${HEADER}${'1\n'.repeat(5_000)}a,1\n`);
    expect([rows.length, badRows.errors().length, countLeftOut(badRows.errors())]).toEqual([1, 1_001, 5_000]);
  });

  test('is refused if more rows cannot be parsed than a table has by mistake', () => {
    expect(() => parse(`${HEADER}${'1\n'.repeat(100_001)}`)).toThrow(
      expect.objectContaining({ code: 'data/bad-table' }),
    );
  });

  test('is refused with more columns than a study may have', () => {
    const columns = Array.from({ length: 4_097 }, (_, index) => `c${index}`);
    expect(parse(`${columns.slice(1).join()}\n`).header).toHaveLength(4_096);
    for (const text of [columns.join(), `${HEADER}a,1\n${columns.join()}`]) {
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'data/bad-table' }));
    }
  });

  test('is refused in another encoding, with the place of the first such byte', () => {
    const place = Buffer.byteLength(`${HEADER}Zoë,1\nZo`);
    const latin = Buffer.concat([Buffer.from(`${HEADER}Zoë,1\nZo`), Buffer.from([0xeb]), Buffer.from(',2\n')]);
    expect(parse(`${HEADER}Zoë,1\n`).rows[0]?.cells[0]).toBe('Zoë');
    const error = expect.objectContaining({ code: 'data/bad-table', details: { file: 'table.csv', offset: place } });
    expect(() => parse(latin)).toThrow(error);
  });
});
