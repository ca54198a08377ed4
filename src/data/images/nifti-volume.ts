import { gunzipSync } from 'node:zlib';
import { type NIFTI1, type NIFTI2, readHeader } from 'nifti-reader-js';
import { checkFrameSize, imageError } from './image-error.ts';
import {
  MAX_FRAME_VALUES,
  MAX_FRAMES,
  MAX_INFLATE_RATIO,
  MAX_INFLATED_BYTES,
  MAX_SIDE_PIXELS,
  SMALL_BYTES,
} from './image-limits.ts';
import { isOutOfMemory } from './is-out-of-memory.ts';

/** Size of the header, where its mark is, and the mark of NIfTI-1 and NIfTI-2 in one file. */
const HEADER_SIZES: Readonly<Record<number, readonly [number, string]>> = { 348: [344, 'n+1'], 540: [4, 'n+2'] };

type ReadVoxel = (view: DataView, at: number, isLittle: boolean) => number;

/** Bytes per voxel and how to read one, by NIfTI data type code. */
const VOXELS: Readonly<Record<number, readonly [number, ReadVoxel]>> = {
  2: [1, (view, at) => view.getUint8(at)],
  4: [2, (view, at, isLittle) => view.getInt16(at, isLittle)],
  8: [4, (view, at, isLittle) => view.getInt32(at, isLittle)],
  16: [4, (view, at, isLittle) => view.getFloat32(at, isLittle)],
  64: [8, (view, at, isLittle) => view.getFloat64(at, isLittle)],
  256: [1, (view, at) => view.getInt8(at)],
  512: [2, (view, at, isLittle) => view.getUint16(at, isLittle)],
  768: [4, (view, at, isLittle) => view.getUint32(at, isLittle)],
};

/** A volume's slices, all of one size, found but not yet read. */
export interface NiftiVolume {
  readonly view: DataView;
  readonly isLittle: boolean;
  readonly start: number;
  readonly voxel: readonly [number, ReadVoxel];
  readonly width: number;
  readonly height: number;
  readonly slices: number;
  readonly slope: number;
  readonly intercept: number;
}

/** True if the file is a NIfTI volume, or compressed as one usually is. */
export function isNifti(bytes: Buffer): boolean {
  return isGzip(bytes) || hasNiftiMark(bytes);
}

/**
 * Finds the voxels of a NIfTI-1 or NIfTI-2 volume, unpacking it if it is compressed.
 * @throws DataError `data/bad-image`, `data/unsupported-image` or `data/too-large`
 */
export function openNifti(path: string, bytes: Buffer): NiftiVolume {
  return openVolume(path, isGzip(bytes) ? gunzipped(path, bytes) : bytes);
}

function gunzipped(path: string, bytes: Buffer): Buffer {
  const most = Math.min(MAX_INFLATED_BYTES, Math.max(SMALL_BYTES, MAX_INFLATE_RATIO * bytes.length));
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (cause) {
    if (isOutOfMemory(cause)) throw cause;
    const isBomb = cause instanceof RangeError;
    const reason = isBomb ? `unpacks to more than ${most} bytes` : 'does not decompress';
    throw imageError(path, { code: isBomb ? 'data/too-large' : 'data/bad-image', reason, offset: 0 });
  }
}

function openVolume(path: string, bytes: Buffer): NiftiVolume {
  const header = parseHeader(path, bytes);
  const voxel = VOXELS[header.datatypeCode];
  if (!voxel) {
    const reason = `has voxels of type ${header.datatypeCode}`;
    throw imageError(path, { code: 'data/unsupported-image', reason, offset: header.datatypeCode > 0 ? 70 : 0 });
  }
  const [width, height, slices] = sidesOf(path, header);
  checkFrameSize(path, [height, width, 1], { side: MAX_SIDE_PIXELS, values: MAX_FRAME_VALUES, offset: 40 });
  const start = header.vox_offset;
  const end = start + width * height * slices * voxel[0];
  if (!Number.isSafeInteger(start) || start < 348 || end > bytes.length) {
    const reason = `has ${bytes.length} bytes, but its voxels lie between ${start} and ${end}`;
    throw imageError(path, { code: 'data/bad-image', reason, offset: bytes.length });
  }
  // Slope 0 means that voxels are not rescaled.
  const isScaled = Number.isFinite(header.scl_slope) && header.scl_slope !== 0;
  const [slope, intercept] = isScaled ? [header.scl_slope, finite(header.scl_inter)] : [1, 0];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { view, isLittle: header.littleEndian, start, voxel, width, height, slices, slope, intercept };
}

function parseHeader(path: string, bytes: Buffer): NIFTI1 | NIFTI2 {
  if (!hasNiftiMark(bytes)) {
    throw imageError(path, { code: 'data/unsupported-image', reason: 'is no NIfTI volume in one file', offset: 0 });
  }
  try {
    // The library takes a whole buffer; the header is all that it needs of it.
    return readHeader(new Uint8Array(bytes.subarray(0, 544)).buffer);
  } catch {
    throw imageError(path, { code: 'data/bad-image', reason: 'has a damaged NIfTI header', offset: 0 });
  }
}

/** @returns width, height, and how many slices all further axes make together */
function sidesOf(path: string, { dims }: NIFTI1 | NIFTI2): [number, number, number] {
  const axes = dims[0] ?? 0;
  const sides = dims.slice(1, 1 + axes);
  const isSound = axes >= 2 && axes <= 7 && sides.every((side) => Number.isSafeInteger(side) && side >= 1);
  const [width = 0, height = 0, ...further] = sides;
  const slices = further.reduce((product, side) => product * side, 1);
  if (!isSound)
    throw imageError(path, { code: 'data/bad-image', reason: `has axes of ${sides.join(', ')} voxels`, offset: 40 });
  if (slices <= MAX_FRAMES) return [width, height, slices];
  throw imageError(path, {
    code: 'data/too-large',
    reason: `has ${slices} slices, more than ${MAX_FRAMES}`,
    offset: 40,
  });
}

function hasNiftiMark(bytes: Buffer): boolean {
  if (bytes.length < 348) return false;
  const known = HEADER_SIZES[bytes.readInt32LE(0)] ?? HEADER_SIZES[bytes.readInt32BE(0)];
  return known !== undefined && bytes.toString('latin1', known[0], known[0] + 3) === known[1];
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
