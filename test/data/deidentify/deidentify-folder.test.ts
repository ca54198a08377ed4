import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isConsiliumError } from '../../../src/base/errors.ts';
import {
  deidentifyFolder,
  type FolderOptions,
  type FolderOutcome,
} from '../../../src/data/deidentify/deidentify-folder.ts';
import { type DicomDataset, textOf } from '../../../src/data/deidentify/dicom-element.ts';
import { openLookup } from '../../../src/data/deidentify/lookup-table.ts';
import type { PixelImage } from '../../../src/data/deidentify/pixel-image.ts';
import { createProfile } from '../../../src/data/deidentify/profile.ts';
import { readDicom } from '../../../src/data/deidentify/read-dicom.ts';
import { writeDicom } from '../../../src/data/deidentify/write-dicom.ts';
import { dicomFile, element } from './dicom-builder.ts';
import { drawText } from './draw-text.ts';

const PIXELS = 0x7fe00010;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'consilium-deidentify-'));
  await mkdir(join(root, 'in', 'DOE JANE'), { recursive: true });
  for (const [index, name] of ['a', 'b', 'JANE DOE'].entries()) {
    await writeFile(
      join(root, 'in', 'DOE JANE', name),
      writeDicom(dicomFile(slice(index, index === 2 ? 'DOE JANE 1951' : ''))),
    );
  }
  await writeFile(join(root, 'in', 'broken.dcm'), 'no DICOM at all');
});

afterAll(() => rm(root, { recursive: true }));

function number(value: number): string {
  return Buffer.from([value & 255, value >> 8]).toString('latin1');
}

/** A grey image of 128 × 64 pixels of one patient, with text in it or none. */
function slice(index: number, text: string): DicomDataset {
  const image: PixelImage = { width: 128, height: 64, channels: 1, values: new Uint8Array(128 * 64).fill(40) };
  drawText(image, { text, x: 4, y: 10, size: 9, level: 250 });
  const numbers = { 0x00280002: 1, 0x00280010: 64, 0x00280011: 128, 0x00280100: 8, 0x00280103: 0 };
  return [
    element(0x00080018, 'UI', `1.2.3.${index}`),
    element(0x00100010, 'PN', 'DOE^JANE'),
    element(0x00100020, 'LO', 'MRN-4711'),
    element(0x0020000d, 'UI', '1.2.3'),
    ...Object.entries(numbers).map(([tag, value]) => element(Number(tag), 'US', number(value))),
    { tag: PIXELS, vr: 'OB', value: { kind: 'bytes', bytes: Uint8Array.from(image.values) } },
  ];
}

function optionsFor(name: string, changes: Partial<FolderOptions> = {}): FolderOptions {
  return {
    input: join(root, 'in'),
    output: join(root, name),
    lookup: join(root, 'lookup'),
    password: 'correct horse',
    profile: createProfile([]),
    pixels: { policy: 'blank', regions: [] },
    dryRun: false,
    ...changes,
  };
}

const run = (name: string, changes: Partial<FolderOptions> = {}): Promise<FolderOutcome> =>
  deidentifyFolder(optionsFor(name, changes), () => {}, new AbortController().signal);

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.dcm')).sort();

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => (isConsiliumError(error) ? error.code : String(error)),
  );

test('writes clean files under names that say nothing, and lists what it leaves out', async () => {
  const told: number[] = [];
  const outcome = await deidentifyFolder(optionsFor('one'), (done) => told.push(done), new AbortController().signal);
  expect(outcome).toMatchObject({ written: 3, patients: 1, leftOut: [{ file: 'broken.dcm', code: 'data/bad-dicom' }] });
  expect(told).toEqual([1, 2, 3, 4]);
  const files = await filesIn(join(root, 'one'));
  expect(files).toHaveLength(3);
  for (const file of files) {
    expect(file).toMatch(/^P-[0-9A-F]{16}\/2\.25\.\d+\.dcm$/);
    const bytes = await readFile(join(root, 'one', file));
    expect(bytes.toString('latin1')).not.toMatch(/DOE|JANE|MRN|-4711/);
    const { dataset } = readDicom(bytes);
    expect(textOf(dataset, 0x00280301)).toBe('NO');
    expect(Math.max(...pixelsOf(dataset))).toBe(40);
  }
});

function pixelsOf(dataset: DicomDataset): Uint8Array {
  const value = dataset.find(({ tag }) => tag === PIXELS)?.value;
  return value?.kind === 'bytes' ? value.bytes : new Uint8Array();
}

test('keeps pseudonyms and UIDs over several runs with one look-up table', async () => {
  await run('two');
  expect(await filesIn(join(root, 'two'))).toEqual(await filesIn(join(root, 'one')));
});

test('keeps who is who in a table that only its password opens, for its owner only', async () => {
  const { table } = await openLookup(join(root, 'lookup'), 'correct horse');
  expect(table.patients).toMatchObject([{ patientId: 'MRN-4711', patientName: 'DOE^JANE' }]);
  expect(table.patients[0]?.files).toContainEqual({
    from: 'DOE JANE/a',
    to: expect.stringMatching(/^P-.*\.dcm$/) as string,
  });
  expect((await stat(join(root, 'lookup'))).mode & 0o777).toBe(0o600);
  expect((await readFile(join(root, 'lookup'))).toString('latin1')).not.toMatch(/DOE|4711/);
  expect(await codeOf(openLookup(join(root, 'lookup'), 'wrong'))).toBe('data/lookup-unreadable');
});

test('refuses files with text in their pixels, unless the pixels are taken on trust', async () => {
  const refused = await run('three', { pixels: { policy: 'refuse', regions: [] } });
  expect(refused.leftOut.map(({ code }) => code).sort()).toEqual(['data/bad-dicom', 'data/burned-in']);
  expect((await run('five', { pixels: { policy: 'keep', regions: [] } })).written).toBe(3);
  const kept = await Promise.all((await filesIn(join(root, 'five'))).map((file) => readFile(join(root, 'five', file))));
  expect(kept.map((bytes) => String(Math.max(...pixelsOf(readDicom(bytes).dataset)))).sort()).toEqual([
    '250',
    '40',
    '40',
  ]);
});

test('leaves out what takes too long, and goes on', async () => {
  const limits = { seconds: 0.0001, mebibytes: 2048 };
  const { leftOut } = await run('late', { limits, dryRun: true });
  expect(leftOut.map(({ code }) => code)).toEqual(Array(4).fill('data/took-too-long'));
});

test('leaves out what needs too much memory, and goes on', async () => {
  const input = join(root, 'large');
  await mkdir(input);
  const large = slice(7, '').map((each) =>
    each.tag === PIXELS ? { ...each, value: { kind: 'bytes', bytes: new Uint8Array(60 * 2 ** 20) } as const } : each,
  );
  await writeFile(join(input, 'a'), writeDicom(dicomFile(large)));
  await writeFile(join(input, 'b'), writeDicom(dicomFile(slice(8, ''))));
  const outcome = await run('memory', { input, limits: { seconds: 60, mebibytes: 260 } });
  expect(outcome).toMatchObject({ written: 1, leftOut: [{ file: 'a' }] });
  expect(outcome.leftOut[0]?.code).toMatch(/^data\/(too-much-memory|reader-failed)$/);
  expect((await run('plenty', { input })).written).toBe(2);
});

test('counts and writes nothing in a dry run', async () => {
  const outcome = await run('six', { dryRun: true, lookup: join(root, 'no-lookup') });
  expect(outcome.written).toBe(3);
  expect(outcome.actions.get('00100010 empty')).toBe(3);
  const names = await readdir(root);
  expect(names).not.toContain('six');
  expect(names).not.toContain('no-lookup');
});

test.each([
  ['a folder that is in use', { output: '.' }],
  ['the input folder', { output: 'in' }],
  ['a folder within the input', { output: 'in/clean' }],
  ['a look-up table beside the input', { lookup: 'in/lookup' }],
  ['a look-up table beside the output', { lookup: 'seven/lookup' }],
])('refuses to write into %s', async (_, places) => {
  const changes = Object.fromEntries(Object.entries(places).map(([key, place]) => [key, join(root, place)]));
  expect(await codeOf(run('seven', changes))).toBe('data/output-refused');
});
