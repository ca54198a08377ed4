/** What a NIfTI-1 file is to say. */
export interface NiftiOptions {
  readonly sides: readonly number[];
  /** NIfTI data type code and bits: unsigned 8-bit unless told otherwise. */
  readonly type?: readonly [code: number, bits: number];
  readonly voxels: Buffer;
  readonly slope?: number;
  readonly intercept?: number;
}

const HEADER_BYTES = 352;

/** A NIfTI-1 volume in one file, little-endian. */
export function niftiBytes({ sides, type = [2, 8], voxels, slope = 0, intercept = 0 }: NiftiOptions): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(348, 0);
  [sides.length, ...sides].forEach((side, index) => header.writeInt16LE(side, 40 + 2 * index));
  header.writeInt16LE(type[0], 70);
  header.writeInt16LE(type[1], 72);
  header.writeFloatLE(HEADER_BYTES, 108);
  header.writeFloatLE(slope, 112);
  header.writeFloatLE(intercept, 116);
  header.write('n+1\0', 344, 'latin1');
  return Buffer.concat([header, voxels]);
}
