import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readDicom } from '../../../src/data/dicom/read-dicom.ts';
import type { ImageFile, ImagePart } from '../../../src/data/images/image-file.ts';
import type { ReadingOptions } from '../../../src/data/images/reading-options.ts';
import { dicomBytes, type Element, elementBytes, greyDicom, nestedSequence } from './dicom-bytes.ts';
import { PLAIN } from './read-shared.ts';

const DEFLATED = '1.2.840.10008.1.2.1.99';
const RLE = '1.2.840.10008.1.2.5';
const PIXELS = Buffer.from(Array.from({ length: 16 }, (_, index) => index * 17));

function open(bytes: Buffer, options: Partial<ReadingOptions> = {}): Promise<ImageFile> {
  return readDicom('scan.dcm', bytes, { ...PLAIN, ...options });
}

async function read(bytes: Buffer, options: Partial<ReadingOptions> = {}): Promise<ImagePart[]> {
  return [...(await open(bytes, options)).parts];
}

/** A sound file of 4 × 4 pixels in which some elements are others. */
function changed(...others: readonly Element[]): Buffer {
  const tags = others.map(([tag]) => tag);
  const kept = greyDicom(4, PIXELS).filter(([tag]) => !tags.includes(tag));
  return dicomBytes([...kept, ...others].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe('a DICOM file', () => {
  test('lets out pixels, the label that was asked for, and the patient', async () => {
    const bytes = changed(['00081030', 'LO', 'normal\\other'], ['00100010', 'PN', 'Doe^Jane']);
    const file = await open(bytes, { labelTag: '00081030' });
    expect(Object.keys(file)).toEqual(['patient', 'parts']);
    expect(file.patient).toBe('patient 1');
    const [part] = [...file.parts];
    expect(part).toMatchObject({ part: null, label: 'normal' });
    expect(JSON.stringify([...file.parts])).not.toContain('Doe');
  });

  test('is refused if its compressed pixels do not state their size', async () => {
    const jpeg = '1.2.840.10008.1.2.4.50';
    const frame = Buffer.from('ffd8ff01ffc0000b080004000401011100ffd9', 'hex');
    const bytes = dicomBytes(greyDicom(4, { fragments: [Buffer.concat([frame, Buffer.alloc(1)])] }), jpeg);
    await expect(read(bytes)).rejects.toMatchObject({ code: 'data/bad-image', details: { file: 'scan.dcm' } });
  });

  test('of MONOCHROME1 is turned from negative to positive', async () => {
    const [positive] = await read(changed());
    const [negative] = await read(changed(['00280004', 'CS', 'MONOCHROME1']));
    expect(negative?.image.values).toEqual(positive?.image.values.map((value) => 1 - value));
  });

  test('is rescaled before it is cut to the window', async () => {
    const bytes = changed(
      ['00281050', 'DS', '0'],
      ['00281051', 'DS', '101'],
      ['00281052', 'DS', '-85'],
      ['00281053', 'DS', '1'],
    );
    const values = (await read(bytes))[0]?.image.values ?? [];
    expect([values[0], values[5], values[15]]).toEqual([0, Math.fround(0.505), 1]);
  });

  test('of values beyond all numbers is black', async () => {
    const [part] = await read(changed(['00281053', 'DS', '1e300']));
    expect(part?.image.values.every((value) => value === 0)).toBe(true);
  });

  test('has no bits of old overlays in its pixels', async () => {
    const twelve = [
      ['00280100', 'US', 16],
      ['00280101', 'US', 12],
      ['00280102', 'US', 11],
    ] as const;
    const stored = Buffer.from(Uint16Array.from(PIXELS, (value) => value | 0xf000).buffer);
    const clean = Buffer.from(Uint16Array.from(PIXELS).buffer);
    expect(await read(changed(...twelve, ['7fe00010', 'OW', stored]))).toEqual(
      await read(changed(...twelve, ['7fe00010', 'OW', clean])),
    );
  });

  test('is read without preamble, or without meta header', async () => {
    const sound = await read(changed());
    expect(await read(changed().subarray(132))).toEqual(sound);
    expect(await read(changed().subarray(132 + 28))).toEqual(sound);
  });

  test('may nest sequences 31 deep', async () => {
    expect(await read(dicomBytes(greyDicom(4, PIXELS, [nestedSequence(30)])))).toHaveLength(1);
  });
});

describe('a DICOM file is refused', () => {
  test.each([
    ['with sequences nested 33 deep', dicomBytes(greyDicom(4, PIXELS, [nestedSequence(33)])), 'data/bad-dicom'],
    ['with sequences nested 5,000 deep', dicomBytes(greyDicom(4, PIXELS, [nestedSequence(5_000)])), 'data/bad-dicom'],
    ['without pixels', dicomBytes(greyDicom(4, PIXELS).slice(0, -1)), 'data/no-pixels'],
    ['of no rows', changed(['00280010', 'US', 0]), 'data/bad-image'],
    ['of 65,535 squared pixels', changed(['00280010', 'US', 65_535], ['00280011', 'US', 65_535]), 'data/too-large'],
    ['with more rows than pixels', changed(['00280010', 'US', 5]), 'data/bad-image'],
    ['with more frames than pixels', changed(['00280008', 'IS', '2']), 'data/bad-image'],
    ['of a million frames', changed(['00280008', 'IS', '1000000']), 'data/too-large'],
    ['of half a frame', changed(['00280008', 'IS', '0.5']), 'data/bad-image'],
    ['of 12 bits allocated', changed(['00280100', 'US', 12]), 'data/unsupported-image'],
    ['of 64 bits allocated', changed(['00280100', 'US', 64]), 'data/unsupported-image'],
    ['with more bits stored than allocated', changed(['00280101', 'US', 9]), 'data/bad-image'],
    ['with an unknown colour space', changed(['00280004', 'CS', 'HSV']), 'data/unsupported-image'],
    ['of colour with one sample', changed(['00280004', 'CS', 'RGB']), 'data/bad-image'],
    ['with a palette that is missing', changed(['00280004', 'CS', 'PALETTE COLOR']), 'data/bad-image'],
    ['with Rescale Slope 0', changed(['00281053', 'DS', '0']), 'data/bad-image'],
    ['with Rescale Slope NaN', changed(['00281053', 'DS', 'NaN']), 'data/bad-image'],
    [
      'of video',
      dicomBytes(greyDicom(4, { fragments: [PIXELS] }), '1.2.840.10008.1.2.4.102'),
      'data/unsupported-image',
    ],
    ['without fragments', dicomBytes(greyDicom(4, { fragments: [] }), RLE), 'data/bad-image'],
    ['compressed in name only', dicomBytes(greyDicom(4, PIXELS), RLE), 'data/bad-image'],
    [
      'with fragments that are no code',
      dicomBytes(greyDicom(4, { fragments: [Buffer.alloc(80, 0xff)] }), RLE),
      'data/bad-image',
    ],
    ['that is a bomb', bomb(), 'data/bad-dicom'],
  ])('%s', async (_, bytes, code) => {
    await expect(read(bytes)).rejects.toMatchObject({ code, details: { file: 'scan.dcm' } });
  });

  test('at every byte it may be cut off, with a place in the file', async () => {
    const bytes = changed();
    for (let length = 160; length < bytes.length; length++) {
      const refusal = await read(bytes.subarray(0, length)).then(
        () => 'read',
        (thrown: { code: string }) => thrown.code,
      );
      expect(refusal).toMatch(/^data\/(bad-dicom|bad-image|no-pixels)$/);
    }
  });
});

/** 8 KiB that unpack to 8 MiB. */
function bomb(): Buffer {
  const dataset = Buffer.concat([elementBytes(['00280010', 'US', 4]), Buffer.alloc(2 ** 23)]);
  return Buffer.concat([dicomBytes([], DEFLATED), deflateRawSync(dataset)]);
}
