import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeRecords } from '../../../src/data/encode-records.ts';
import type { ImageInput } from '../../../src/data/input-spec.ts';
import { encodePreparedDataset } from '../../../src/data/prepared-dataset.ts';
import { readSourceRecords } from '../../../src/data/read-source-records.ts';
import { heartInput } from '../../../src/data/tables/heart-input.ts';
import { readTable } from '../../../src/data/tables/read-table.ts';
import { findStrings } from '../../end-to-end/find-strings.ts';
import { PLANTED, plantedFile } from '../../end-to-end/planted-patient.ts';
import { createImageFolder, greyPng, type ImageFolder } from '../images/image-folder.ts';
import { npy, validMembers, zip } from '../npz-builder.ts';
import { DICOM_FOLDER } from './native-image.ts';

const SOURCE = join(DICOM_FOLDER, 'pydicom_test_files/CT_small.dcm');
const TEXT = PLANTED['comments on the patient'] ?? '';

let folder: ImageFolder;
beforeAll(async () => {
  folder = await createImageFolder();
});
afterAll(() => folder.remove());

/** Which planted strings are in what a program could print or log of these values: messages, details, causes and stacks. */
async function plantedIn(values: readonly unknown[]): Promise<string[]> {
  const said = join(folder.path, 'said');
  await mkdir(said, { recursive: true });
  await folder.add(
    'said/text',
    inspect(values, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null }),
  );
  return findStrings(PLANTED, [said]).map(({ kind }) => kind);
}

/** A PNG with a text chunk, as its authors may have left it. */
function pngWithText(text: string): Buffer {
  const png = Buffer.from(greyPng(4, 4, Array(16).fill(80)));
  const body = Buffer.from(`tEXtComment\0${text}`, 'latin1');
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, 33), length, body, sum, png.subarray(33)]);
}

describe('what is wrong with a file is said without a word out of it', () => {
  test.runIf(existsSync(SOURCE))('if it is DICOM, cut or changed anywhere', async () => {
    const whole = plantedFile(SOURCE);
    for (let part = 1; part < 12; part++) {
      const at = Math.floor((whole.length * part) / 12);
      await folder.add(`dicom/a/cut-${part}`, whole.subarray(0, Math.floor(at / 12)));
      await folder.add(
        `dicom/a/changed-${part}`,
        Uint8Array.from(whole, (byte, index) => (index === Math.floor(at / 10) ? byte ^ 0xff : byte)),
      );
    }
    const { problems } = await readSourceRecords(join(folder.path, 'dicom'));
    expect(problems.length).toBeGreaterThan(5);
    expect(await plantedIn(problems)).toEqual([]);
  });

  test('if it is PNG with text chunks, or NPZ with names of members', async () => {
    const png = pngWithText(TEXT);
    await folder.add('images/a/whole.png', png);
    await folder.add('images/a/cut.png', png.subarray(0, png.length - 20));
    await folder.add(
      'images/a/changed.png',
      Uint8Array.from(png, (byte, index) => (index === 50 ? byte ^ 0xff : byte)),
    );
    const member = { [`${PLANTED['name of an NPZ member']}.npy`]: npy({ shape: [1], data: Uint8Array.of(1) }) };
    await folder.add('images/a/other.npz', zip(member));
    await folder.add('images/a/cut.npz', zip({ ...validMembers(), ...member }).subarray(0, 300));
    const { records, problems } = await readSourceRecords(join(folder.path, 'images'));
    expect(records.map(({ place }) => place)).toEqual(['a/whole.png']);
    expect(problems).toHaveLength(4);
    expect(await plantedIn([problems, records])).toEqual([]);
  });

  test('if it is a table with cells that are no numbers, or labels that are cut', async () => {
    const header = 'age,sex,cp,trestbps,chol,fbs,restecg,thalach,exang,oldpeak,slope,ca,thal,target';
    const path = await folder.add('tables/heart.csv', `${header}\n${TEXT},1,1,145,233,1,2,150,0,2.3,3,0,6,0\n"${TEXT}`);
    const labelCsv = await folder.add('tables/labels.csv', `file,label\n"${TEXT},a\n`);
    const table = await readTable(path, heartInput).then(
      ({ problems }) => problems,
      (thrown: unknown) => [thrown],
    );
    const labels = await readSourceRecords(join(folder.path, 'images'), { labelCsv }).then(
      ({ problems }) => problems,
      (thrown: unknown) => [thrown],
    );
    expect([table.length > 0, labels.length > 0]).toEqual([true, true]);
    expect(await plantedIn([table, labels])).toEqual([]);
  });

  test('and the check itself sees what an error quotes', async () => {
    expect(await plantedIn([new Error('outer', { cause: new Error(`near ${TEXT}`) })])).toEqual([
      'comments on the patient',
    ]);
  });
});

test('what is prepared for training holds no patient and no place', async () => {
  const records = [0, 1].map((index) => ({
    place: `${PLANTED['folder name']}/${PLANTED['file name']}-${index}.dcm`,
    patient: PLANTED["patient's number"] ?? '',
    label: index === 0 ? 'healthy' : 'ill',
    values: Float32Array.of(0, 1, 1, 0),
    shape: [2, 2, 1],
  }));
  const input: ImageInput = {
    kind: 'image',
    height: 2,
    width: 2,
    channels: 1,
    classes: ['healthy', 'ill'],
    offset: 0.5,
    scale: 2,
  };
  await folder.add('prepared/training.dataset', encodePreparedDataset(encodeRecords(records, input)));
  expect(findStrings(PLANTED, [join(folder.path, 'prepared')])).toEqual([]);
});
