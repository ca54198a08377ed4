import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPreparedDataset } from '../../src/data/prepared-dataset.ts';
import { type CommandHost, startCommandHost } from './command.ts';

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
let host: CommandHost;
const at = (...names: string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-own-data-'));
  host = startCommandHost();
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
afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true });
});

describe('a member’s own table', () => {
  test('is checked, and what cannot be used is listed', async () => {
    const { code, stdout } = await host.run(
      'data',
      'check',
      at('patients.csv'),
      '--manifest',
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

  test('is described without a study too', async () => {
    await writeFile(at('twice.csv'), 'size,finding\n1,benign\n1,benign\n2,benign\n"3,benign\n');
    const { code, stdout } = await host.run('data', 'check', at('twice.csv'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 3, duplicates: 1, problems: [{ code: 'data/bad-table' }] });
  });

  test('is described site by site where there are several', async () => {
    await mkdir(at('sites'));
    const [header, row] = ['patient,size,side,finding', 'a,?,left,benign'];
    await writeFile(at('sites', 'north.csv'), `${header}\n${row}\nb,4,left,malignant\n`);
    await writeFile(at('sites', 'south.csv'), `${header}\nc,5,left,benign\nd,5,left,unknown\n`);
    await writeFile(at('sites', 'input.json'), JSON.stringify(INPUT));
    const { code, stdout } = await host.run('data', 'check', at('sites'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      sites: [
        { name: 'north', records: 2, classes: { benign: 1, malignant: 1 }, missing: { size: 1 }, leftOut: 0 },
        { name: 'south', records: 1, classes: { benign: 1 }, missing: {}, leftOut: 1 },
      ],
      records: 3,
      classes: { benign: 2, malignant: 1 },
      leftOut: 1,
    });
  });

  test('goes into a manifest and a data folder, patient by patient', async () => {
    const composed = await host.run(
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
    const { code, stdout } = await host.run('data', 'split', at('patients.csv'), ...options);
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
    // Nothing that names a patient is in what the peer reads.
    expect((await readFile(at('member', 'training.dataset'), 'latin1')).includes('P1')).toBe(false);
  });

  test('of two patients is not split, and the error says that they are two groups', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `P${i % 2},${i},left,benign`);
    await writeFile(at('two.csv'), ['patient,size,side,finding', ...rows, ''].join('\n'));
    const options = ['--manifest', at('input.json'), '--out', at('two'), '--held-out', '0.1'];
    const { code, stderr } = await host.run('data', 'split', at('two.csv'), ...options);
    expect([code, stderr.split(':')[0]]).toEqual([2, 'data/impossible-split']);
    expect(stderr).toContain('2 groups');
  });

  test.each([
    ['a second split into the same folder', ['--manifest', 'm.json', '--out', 'member'], 'cli/usage'],
    ['a manifest without an input', ['--manifest', 'patients.csv', '--out', 'other'], 'cli/usage'],
    ['no share held out', ['--manifest', 'm.json', '--out', 'other', '--held-out', '1'], 'cli/usage'],
  ])('is not split with %s', async (_, options, refusal) => {
    const paths = options.map((option) => (/^--|^[01]$/.test(option) ? option : at(option)));
    const { code, stderr } = await host.run('data', 'split', at('patients.csv'), ...paths);
    expect([code, stderr.split(':')[0]]).toEqual([2, refusal]);
  });
});
