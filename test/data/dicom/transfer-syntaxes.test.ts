import { describe, expect, test } from 'vitest';
import { difference, hasShared, pixelsOf, readShared } from './read-shared.ts';

const CT = 'cornerstone_transfer_syntaxes/testImages/CTImage.dcm';
const PYDICOM = 'pydicom_test_files';

describe.runIf(hasShared)('one CT slice', () => {
  test.each([
    'BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2',
    'DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99',
    'JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90',
    'JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80',
    'JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70',
    'JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57',
    'LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1',
    'LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2',
    'RLELosslessTransferSyntax_1.2.840.10008.1.2.5',
  ])('has the same bits in %s', async (syntax) => {
    for (const window of ['file', 'range'] as const) {
      expect(await pixelsOf(`${CT}_${syntax}.dcm`, { window })).toEqual(await pixelsOf(CT, { window }));
    }
  });

  // In Hounsfield units: lossy files keep some bits a pixel, 8-bit ones 32 units a step.
  test.each([
    ['JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91', 10],
    ['JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81', 4],
    ['JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51', 40],
    ['JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53', 40],
    ['JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55', 40],
    ['JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50', 60],
  ])('is within a tolerance in %s', async (syntax, units) => {
    const window = { centre: 0, width: 4000 };
    const { mean } = difference(await pixelsOf(CT, { window }), await pixelsOf(`${CT}_${syntax}.dcm`, { window }));
    expect(mean * window.width).toBeLessThan(units);
  });

  test('is another picture under another window', async () => {
    const { mean } = difference(await pixelsOf(CT), await pixelsOf(CT, { window: { centre: 40, width: 2000 } }));
    expect(mean).toBeGreaterThan(0.01);
  });
});

describe.runIf(hasShared)('one MR slice', () => {
  test.each(['RLE', 'bigendian', 'expb', 'implicit', 'jp2klossless', 'jpeg_ls_lossless', 'padded'])(
    'has the same bits in MR_small_%s',
    async (kind) => {
      expect(await pixelsOf(`${PYDICOM}/MR_small_${kind}.dcm`)).toEqual(await pixelsOf(`${PYDICOM}/MR_small.dcm`));
    },
  );
});

describe.runIf(hasShared)('one colour picture', () => {
  test.each(['gdcm_KY', 'jpeg_gdcm', 'rle_2frame', 'rle_16bit', 'rle_16bit_2frame', 'rle_32bit', 'rle_32bit_2frame'])(
    'has the same colours in SC_rgb_%s',
    async (kind) => {
      const { largest } = difference(
        await pixelsOf(`${PYDICOM}/SC_rgb_rle.dcm`),
        await pixelsOf(`${PYDICOM}/SC_rgb_${kind}.dcm`),
      );
      expect(largest).toBeLessThan(1e-6);
    },
  );

  test.each([
    'dcmtk_+eb+cr',
    'dcmtk_+eb+cy+n1',
    'dcmtk_+eb+cy+n2',
    'dcmtk_+eb+cy+np',
    'dcmtk_+eb+cy+s2',
    'dcmtk_+eb+cy+s4',
    'jpeg_dcmtk',
    'jpeg_lossy_gdcm',
    'jls_lossy_line',
    'jls_lossy_sample',
  ])('has nearly the same colours in SC_rgb_%s', async (kind) => {
    const { mean } = difference(
      await pixelsOf(`${PYDICOM}/SC_rgb_rle.dcm`),
      await pixelsOf(`${PYDICOM}/SC_rgb_${kind}.dcm`),
    );
    expect(mean).toBeLessThan(0.02);
  });

  test('has nearly the same colours with half of its colour differences', async () => {
    const half = await pixelsOf(`${PYDICOM}/SC_ybr_full_422_uncompressed.dcm`);
    expect(difference(half, await pixelsOf(`${PYDICOM}/SC_rgb_rle.dcm`)).mean).toBeLessThan(0.02);
  });

  test('is read from words in either byte order', async () => {
    const little = await pixelsOf(`${PYDICOM}/SC_rgb_small_odd.dcm`);
    expect(await pixelsOf(`${PYDICOM}/SC_rgb_small_odd_big_endian.dcm`)).toEqual(little);
  });
});

describe.runIf(hasShared)('files of several frames', () => {
  test.each(['rtdose_expb', 'rtdose_rle'])('have the same 15 frames of 32 bits in %s', async (file) => {
    const native = await readShared(`${PYDICOM}/rtdose.dcm`);
    expect(native).toHaveLength(15);
    expect(await readShared(`${PYDICOM}/${file}.dcm`)).toEqual(native);
  });

  test('are found in fragments without an offset table', async () => {
    const frames = await readShared(
      'cornerstone_transfer_syntaxes/testImages/CT0012.fragmented_no_bot_jpeg_baseline.51.dcm',
    );
    expect(frames.map(({ part }) => part)).toEqual(['frame 1', 'frame 2']);
  });

  test('have one bit a pixel in either byte order', async () => {
    const little = await pixelsOf(`${PYDICOM}/liver_1frame.dcm`);
    expect(new Set(little)).toEqual(new Set([0, 1]));
    expect(await pixelsOf(`${PYDICOM}/liver_expb_1frame.dcm`)).toEqual(little);
  });

  test('give the middle one, or the one that is asked for', async () => {
    const file = `${PYDICOM}/examples_ybr_color.dcm`;
    expect((await readShared(file, { frames: 'middle' })).map(({ part }) => part)).toEqual(['frame 16']);
    expect((await readShared(file, { frames: 2 })).map(({ part }) => part)).toEqual(['frame 3']);
    expect(await readShared(file, { frames: 30 })).toEqual([]);
  });
});
