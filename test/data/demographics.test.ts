import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeCanonical, encodeCanonical } from '../../src/base/canonical.ts';
import { concatenate, subset } from '../../src/data/dataset.ts';
import { parseAge, parseSex } from '../../src/data/demographics.ts';
import { encodeRecords } from '../../src/data/encode-records.ts';
import type { TableInput } from '../../src/data/input-spec.ts';
import { encodePreparedDataset, readPreparedDataset } from '../../src/data/prepared-dataset.ts';
import { UNKNOWN } from '../../src/data/prepared-demographics.ts';
import { readFederation } from '../../src/data/read-federation.ts';
import { readSourceRecords } from '../../src/data/read-source-records.ts';
import { readTable } from '../../src/data/tables/read-table.ts';
import { runCommand } from '../end-to-end/command.ts';
import { dicomBytes, greyDicom } from './dicom/dicom-bytes.ts';

const PLANTED = 'Zwiebelmann-Isolde';
const input: TableInput = {
  kind: 'table',
  columns: [{ kind: 'number', name: 'x', least: 0, most: 9, fill: 0, offset: 0, scale: 1, indicator: false }],
  label: { kind: 'class', column: 'y', classes: ['a', 'b'] },
  patient: null,
  time: null,
  missing: ['?'],
};
const source = { sex: { column: 'who', female: '0', male: '1' }, age: { column: 'years' } };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-demographics-'));
});
afterAll(() => rm(folder, { recursive: true }));

const fileOf = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};

test('sex and age are read as people and DICOM write them', () => {
  expect(['F', 'female', 'M', 'o', '0', '', 'x', null].map((text) => parseSex(text))).toEqual([
    'female',
    'female',
    'male',
    'other',
    null,
    null,
    null,
    null,
  ]);
  expect(['047Y', '47', '47.9', '018M', '003W', '010D', '131', '-1', 'x', '', null].map(parseAge)).toEqual([
    47,
    47,
    47,
    1,
    0,
    0,
    null,
    null,
    null,
    null,
    null,
  ]);
});

describe('sex and age of a table', () => {
  const rows = `x,y,who,years\n1,a,0,47\n2,b,1,?\n3,a,${PLANTED},200\n`;

  test('come along beside the inputs, by the columns and codes that the member names; other text does not', async () => {
    const { records } = await readTable(await fileOf('table.csv', rows), input, source);
    const data = encodeRecords(records, input);
    expect([...(data.demographics?.sexes ?? [])]).toEqual([0, 1, UNKNOWN]);
    expect([...(data.demographics?.ages ?? [])]).toEqual([47, UNKNOWN, UNKNOWN]);
    expect(data.inputShape).toEqual([1]);
    expect(Buffer.from(encodePreparedDataset(data)).toString('latin1')).not.toContain('Zwiebelmann');
  });

  test('do not come along unasked', async () => {
    const { records } = await readTable(await fileOf('unasked.csv', rows), input);
    expect(encodeRecords(records, input)).not.toHaveProperty('demographics');
  });

  test('stay with their samples when a data set is cut and joined', async () => {
    const { records } = await readTable(await fileOf('cut.csv', rows), input, source);
    const data = encodeRecords(records, input);
    const { demographics: _, ...bare } = data;
    const joined = concatenate(subset(data, [1, 0]), { ...bare, samples: 3 });
    expect([...(joined.demographics?.sexes ?? [])]).toEqual([1, 0, UNKNOWN, UNKNOWN, UNKNOWN]);
  });

  test('are in the prepared data set, whose version before is read too; a sex that there is not is refused', async () => {
    const { records } = await readTable(await fileOf('prepared.csv', rows), input, source);
    const data = encodeRecords(records, input);
    const bytes = encodePreparedDataset(data);
    expect(await readPreparedDataset(await fileOf('now.dataset', bytes))).toEqual(data);
    const { demographics: _, ...fields } = decodeCanonical(bytes) as Record<string, unknown>;
    const before = encodeCanonical({ ...fields, type: 'consilium/dataset/2' });
    const { demographics: __, ...bare } = data;
    expect(await readPreparedDataset(await fileOf('before.dataset', before))).toEqual(bare);
    const wrong = encodeCanonical({
      ...(decodeCanonical(bytes) as object),
      demographics: { sexes: Uint8Array.of(7, 0, 0), ages: new Uint8Array(3) },
    });
    const refused = expect.objectContaining({ code: 'data/bad-array' });
    await expect(readPreparedDataset(await fileOf('wrong.dataset', wrong))).rejects.toThrow(refused);
  });
});

describe('sex and age of images', () => {
  const scan = (...more: [string, string, string][]) =>
    dicomBytes([...greyDicom(4, Buffer.alloc(16, 7)), ...more].toSorted(([a], [b]) => (a < b ? -1 : 1)));

  test('are those of the header or of the label CSV, as the member says, and of nowhere else', async () => {
    const place = await mkdtemp(join(folder, 'scans-'));
    await writeFile(join(place, '1.dcm'), scan(['00100040', 'CS', 'F'], ['00101010', 'AS', '047Y']));
    const labelCsv = await fileOf('labels.csv', 'file,label,age\n1.dcm,sick,33\n');
    const read = async (demographics: Parameters<typeof readSourceRecords>[1]) =>
      (await readSourceRecords(place, { labelCsv, ...demographics })).records.map((record) => record.demographics);
    const dicom = { column: 'dicom', female: 'F', male: 'M' };
    expect(await read({})).toEqual([undefined]);
    expect(await read({ demographics: { sex: dicom, age: { column: 'dicom' } } })).toEqual([
      { sex: 'female', ageYears: 47 },
    ]);
    expect(await read({ demographics: { sex: dicom, age: { column: 'age' } } })).toEqual([
      { sex: 'female', ageYears: 33 },
    ]);
    expect(await read({ demographics: { sex: null, age: { column: 'dicom' } } })).toEqual([
      { sex: null, ageYears: 47 },
    ]);
    await expect(read({ demographics: { sex: null, age: { column: 'years' } } })).rejects.toThrow(
      expect.objectContaining({ code: 'data/bad-table' }),
    );
  });
});

test('data split takes them along, and data check counts them for the member', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 10},${i % 3 === 0 ? 'a' : 'b'},${i % 2},${20 + i}\n`);
  const table = await fileOf('member.csv', `x,y,who,years\n${rows.join('')}`);
  const manifest = await fileOf('input.json', JSON.stringify(input));
  const options = ['--manifest', manifest, '--sex', 'who', '--sex-codes', '0,1', '--age', 'years'];
  const check = await runCommand('data', 'check', table, ...options);
  expect([check.code, check.stdout]).toEqual([0, expect.stringContaining('sex         female: 20, male: 20')]);
  const out = join(folder, 'member');
  expect((await runCommand('data', 'split', table, ...options, '--out', out)).code).toBe(0);
  const { demographics } = await readPreparedDataset(join(out, 'training.dataset'));
  expect(demographics?.ages.every((age) => age >= 20 && age < 60)).toBe(true);
  expect((await readFile(join(out, 'training.dataset'))).length).toBeGreaterThan(0);
  const unknown = await runCommand('data', 'check', table, '--manifest', manifest, '--sex', 'gender');
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/^data\/bad-table/)]);
});

const HEART = '../shared/data/heart_uci_4hospitals';
test.runIf(existsSync(HEART))('the heart disease tables have sex and age of nearly everybody', async () => {
  const { sites } = await readFederation(HEART);
  for (const { data } of sites) {
    expect(data.demographics?.ages.filter((age) => age !== UNKNOWN).length).toBeGreaterThan(0.95 * data.samples);
    expect(data.demographics?.sexes.every((sex) => sex !== UNKNOWN)).toBe(true);
  }
  const men = sites.map(({ data }) => data.demographics?.sexes.filter((sex) => sex === 1).length);
  expect(men).toEqual([206, 213, 113, 194]); // 72 to 97 per cent of them
});
