import { checkFrameSize, imageError } from '../images/image-error.ts';
import { MAX_FRAME_VALUES, MAX_FRAMES, MAX_SIDE_PIXELS } from '../images/image-limits.ts';
import { decimal, text, unsignedShort } from './dicom-values.ts';
import { type OpenDicom, offsetOf } from './open-dicom.ts';

const PHOTOMETRIC = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_ICT',
  'YBR_RCT',
] as const;

/** What colours the samples of a pixel stand for. */
export type Photometric = (typeof PHOTOMETRIC)[number];

/** How the pixels of a DICOM file lie (PS3.3 C.7.6.3). */
export interface PixelLayout {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** 1, or 3 for colour. */
  readonly samples: number;
  readonly photometric: Photometric;
  readonly bitsAllocated: 1 | 8 | 16 | 32;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
  /** True if all reds come before all greens. */
  readonly isPlanar: boolean;
}

/** @throws DataError `data/no-pixels`, `data/bad-image`, `data/unsupported-image` or `data/too-large` */
export function readPixelLayout(file: OpenDicom): PixelLayout {
  if (!file.elements.has(0x7fe00010)) {
    const reason = 'is DICOM without an image';
    throw imageError(file.path, { code: 'data/no-pixels', reason, offset: offsetOf(file, 0x7fe00010) });
  }
  const [rows, columns] = [required(file, 0x00280010, 'Rows'), required(file, 0x00280011, 'Columns')];
  const samples = unsignedShort(file, 0x00280002) ?? 1;
  const offset = offsetOf(file, 0x00280010);
  checkFrameSize(file.path, [rows, columns, samples], { side: MAX_SIDE_PIXELS, values: MAX_FRAME_VALUES, offset });
  return {
    rows,
    columns,
    samples,
    frames: frameCount(file),
    photometric: photometricOf(file, samples),
    isPlanar: unsignedShort(file, 0x00280006) === 1,
    isSigned: unsignedShort(file, 0x00280103) === 1,
    ...readBits(file),
  };
}

function readBits(file: OpenDicom): Pick<PixelLayout, 'bitsAllocated' | 'bitsStored' | 'highBit'> {
  const bitsAllocated = required(file, 0x00280100, 'Bits Allocated');
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) {
    throw unsupported(file, `has ${bitsAllocated} bits allocated`, 0x00280100);
  }
  const bitsStored = unsignedShort(file, 0x00280101) ?? bitsAllocated;
  const highBit = unsignedShort(file, 0x00280102) ?? bitsStored - 1;
  if (bitsStored < 1 || highBit >= bitsAllocated || highBit < bitsStored - 1) {
    throw bad(file, `has ${bitsStored} of ${bitsAllocated} bits stored, the highest being ${highBit}`, 0x00280101);
  }
  return { bitsAllocated, bitsStored, highBit };
}

function frameCount(file: OpenDicom): number {
  const frames = decimal(file, 0x00280008) ?? 1;
  if (!Number.isSafeInteger(frames) || frames < 1) throw bad(file, `states ${frames} frames`, 0x00280008);
  if (frames <= MAX_FRAMES) return frames;
  const offset = offsetOf(file, 0x00280008);
  throw imageError(file.path, {
    code: 'data/too-large',
    reason: `states ${frames} frames, more than ${MAX_FRAMES}`,
    offset,
  });
}

function photometricOf(file: OpenDicom, samples: number): Photometric {
  const stated = text(file, 0x00280004) ?? 'MONOCHROME2';
  const photometric = PHOTOMETRIC.find((known) => known === stated);
  if (!photometric) throw unsupported(file, 'has an unknown Photometric Interpretation', 0x00280004);
  const isColour = !['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR'].includes(photometric);
  if (samples === (isColour ? 3 : 1)) return photometric;
  throw bad(file, `has ${samples} samples a pixel for ${photometric}`, 0x00280002);
}

function required(file: OpenDicom, tag: number, name: string): number {
  const value = unsignedShort(file, tag);
  if (value === null) throw bad(file, `does not state ${name}`, 0x7fe00010);
  return value;
}

function bad(file: OpenDicom, reason: string, tag: number) {
  return imageError(file.path, { code: 'data/bad-image', reason, offset: offsetOf(file, tag) });
}

function unsupported(file: OpenDicom, reason: string, tag: number) {
  const offset = offsetOf(file, tag);
  return imageError(file.path, { code: 'data/unsupported-image', reason, offset });
}
