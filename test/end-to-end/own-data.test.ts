import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDuplicates } from '../../src/data/find-duplicates.ts';
import { readPreparedDataset } from '../../src/data/prepared-dataset.ts';
import { runCommand } from './command.ts';

const INPUT = {
  kind: 'table',
  columns: [
    { kind: 'number', name: 'size', least: 0, most: 100, fill: 10, offset: 10, scale: 0.1, indicator: true },
    { kind: 'category', name: 'side', levels: ['left', 'right'], indicator: false },
  ],
  label: { kind: 'class', column: 'finding', classes: ['benign', 'malignant'] },
  patient: 'patient',
  time: null,
  missing: ['?'],
};

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-own-data-'));
  // Three images of each of forty patients, some without a size, one row that is none, and one patient twice with equal values.
  const rows = Array.from({ length: 120 }, (_, i) => {
    const patient = Math.floor(i / 3);
    const size = i % 7 === 0 ? '?' : String(5 + patient + (i % 3) / 10);
    return `P${patient},${size},${i % 2 ? 'left' : 'right'},${patient % 2 ? 'malignant' : 'benign'}`;
  });
  const table = ['patient,size,side,finding', ...rows, 'P40,3,left', ''].join('\n');
  await writeFile(at('patients.csv'), table);
  await writeFile(at('input.json'), JSON.stringify(INPUT));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a member’s own table', () => {
  test('is checked, and what cannot be used is listed', async () => {
    const { code, stdout } = await runCommand(
      'data',
      'check',
      at('patients.csv'),
      '--input',
      at('input.json'),
      '--json',
    );
    expect(code).toBe(1);
    const { records, patients, classes, columns, problems } = JSON.parse(stdout);
    expect({ records, patients, classes }).toEqual({
      records: 120,
      patients: 40,
      classes: { benign: 60, malignant: 60 },
    });
    expect(columns[1]).toMatchObject({ name: 'size', kind: 'number', missing: 18 });
    expect(problems).toMatchObject([{ code: 'data/bad-table', file: 'patients.csv' }]);
  });

  test('goes into a manifest and a data folder, patient by patient', async () => {
    const composed = await runCommand(
      'study',
      'compose',
      '--input',
      at('input.json'),
      '--members',
      '2',
      '--out',
      at('m.json'),
    );
    expect(composed.code).toBe(0);
    const options = ['--manifest', at('m.json'), '--out', at('member'), '--held-out', '0.3', '--json'];
    const { code, stdout } = await runCommand('data', 'split', at('patients.csv'), ...options);
    expect(code).toBe(0);
    const { training, heldOut, leftOut } = JSON.parse(stdout);
    expect(leftOut).toHaveLength(1);
    expect(training.patients + heldOut.patients).toBe(40);
    expect(training.records + heldOut.records).toBe(120);
    const parts = [
      await readPreparedDataset(at('member', 'training.dataset')),
      await readPreparedDataset(at('member', 'held-out.dataset')),
    ];
    expect(parts.map(({ samples }) => samples)).toEqual([training.records, heldOut.records]);
    const named = parts.map(({ inputs }, i) => ({
      name: String(i),
      rows: Array.from({ length: inputs.length / 4 }, (_, row) => inputs.subarray(4 * row, 4 * row + 4)),
    }));
    expect(findDuplicates(named).filter(({ places }) => new Set(places.map(({ part }) => part)).size > 1)).toEqual([]);
    // Nothing that names a patient is in what the peer reads.
    expect((await readFile(at('member', 'training.dataset'), 'latin1')).includes('P1')).toBe(false);
  });

  test.each([
    ['a second split into the same folder', ['--manifest', 'm.json', '--out', 'member'], 'cli/usage'],
    ['a manifest without an input', ['--manifest', 'patients.csv', '--out', 'other'], 'cli/usage'],
    ['no share held out', ['--manifest', 'm.json', '--out', 'other', '--held-out', '1'], 'cli/usage'],
  ])('is not split with %s', async (_, options, refusal) => {
    const paths = options.map((option) => (/^--|^[01]$/.test(option) ? option : at(option)));
    const { code, stderr } = await runCommand('data', 'split', at('patients.csv'), ...paths);
    expect([code, stderr.split(':')[0]]).toEqual([2, refusal]);
  });
});
