import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditExportCommand } from '../../src/cli/audit/export-command.ts';
import { sheetAsCsv } from '../../src/cli/audit/sheet.ts';
import { studySheet } from '../../src/cli/audit/sheets.ts';
import { bundleFiles } from '../audit/bundle-file.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from '../audit/synthetic-study.ts';
import { memberAccount } from '../builders.ts';
import { captureCommand } from './capture-command.ts';

const bundleOf = bundleFiles();
let folder: string;
let study: SyntheticStudy;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-export-'));
  study = await syntheticStudy();
  path = await bundleOf(study);
});
afterAll(() => rm(folder, { recursive: true }));

type Row = Record<string, string | number | boolean | null>;
const read = async (out: string, name: string): Promise<Row[]> =>
  JSON.parse(await readFile(join(out, `${name}.json`), 'utf8'));
const sumOf = (rows: readonly Row[], column: string): number => rows.reduce((sum, row) => sum + Number(row[column]), 0);

test('what the tables say is what the study recorded', async () => {
  const out = join(folder, 'json');
  const { code } = await captureCommand(auditExportCommand, path, '--out', out, '--format', 'json');
  expect(code).toBe(0);
  const contributions = await read(out, 'contributions');
  expect(contributions).toHaveLength(MEMBERS * (ROUNDS + 1));
  for (const { entry, member, round, update } of contributions) {
    expect(study.evidence.log[Number(entry)]?.record).toMatchObject({ member, round, update });
  }
  const valuations = await read(out, 'valuations');
  expect(valuations).toHaveLength(MEMBERS * ROUNDS * MEMBERS);
  expect(valuations.filter(({ isOwn }) => isOwn)).toHaveLength(MEMBERS * ROUNDS);
  expect(await read(out, 'participation')).toHaveLength(MEMBERS * ROUNDS);
  expect((await read(out, 'metrics')).length).toBeGreaterThanOrEqual(MEMBERS * (ROUNDS + 1));
  const weights = await read(out, 'weights');
  for (let round = 0; round < ROUNDS; round++) {
    const ofMix = weights.filter((row) => row.mixer === memberAccount(2) && row.round === round);
    expect(sumOf(ofMix, 'weight')).toBeCloseTo(1, 9);
    expect(sumOf(ofMix, 'share')).toBeLessThanOrEqual(1 + 1e-9);
  }
});

test('CSV has a line a row, and the same files', async () => {
  const out = join(folder, 'csv');
  const { stdout } = await captureCommand(auditExportCommand, path, '--out', out, '--json');
  const names = ['contributions', 'metrics', 'participation', 'study', 'valuations', 'weights'];
  expect((await readdir(out)).toSorted()).toEqual(names.map((name) => `${name}.csv`));
  for (const { file, rows } of JSON.parse(stdout).files) {
    expect((await readFile(file, 'utf8')).trimEnd().split('\r\n')).toHaveLength(rows + 1);
  }
});

test.each(['=HYPERLINK("http://x","y")', '+1', '-1+1', '@SUM(A1)', '\t=1', '＝1'])(
  'a title that a spreadsheet would compute is text: %j',
  (title) => {
    const source = { study: study.evidence.study, chainId: 1, contract: memberAccount(1), chainRead: false };
    const csv = sheetAsCsv(studySheet(source, { ...study.manifest, title }));
    const cell = csv
      .split('\r\n')
      .find((line) => line.startsWith('title,'))
      ?.slice('title,'.length);
    expect(cell).toMatch(/^"?'/);
    expect(cell).toContain(title.slice(0, 2).replaceAll('"', '""'));
  },
);

test('files are written into a new folder only', async () => {
  const refused = expect.objectContaining({ code: 'cli/usage' });
  await expect(captureCommand(auditExportCommand, path, '--out', folder)).rejects.toThrow(refused);
  const format = captureCommand(auditExportCommand, path, '--out', join(folder, 'x'), '--format', 'xls');
  await expect(format).rejects.toThrow(refused);
});
