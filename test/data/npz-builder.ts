import { zipSync } from 'fflate';

/** One array of an NPZ file, and what may be wrong with it. */
export interface ArrayOptions {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
  readonly descr?: string;
  readonly fortran?: boolean;
  readonly version?: number;
  /** Replaces the whole header dictionary. */
  readonly header?: string;
  /** Header length as stated, if not the true one. */
  readonly headerLength?: number;
}

/** Bytes of an NPY file, as NumPy writes them unless told otherwise. */
export function npy({
  shape,
  data,
  descr = '|u1',
  fortran = false,
  version = 1,
  header,
  headerLength,
}: ArrayOptions): Uint8Array {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = header ?? `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${sides}), }`;
  const body = Buffer.from(`${text.padEnd(117)}\n`, 'latin1');
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(headerLength ?? body.length);
  else length.writeUInt32LE(headerLength ?? body.length);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.from([version, 0]), length, body, data]);
}

/** Members of a small, valid file: 2 × 2 grey images, two classes; 6 training, 2 validation, 4 test samples. */
export function validMembers(): Record<string, Uint8Array> {
  const members: Record<string, Uint8Array> = {};
  for (const [part, samples] of [
    ['train', 6],
    ['val', 2],
    ['test', 4],
  ] as const) {
    const pixels = Uint8Array.from({ length: samples * 4 }, (_, index) => (index * 37) % 256);
    members[`${part}_images.npy`] = npy({ shape: [samples, 2, 2], data: pixels });
    members[`${part}_labels.npy`] = npy({
      shape: [samples, 1],
      data: Uint8Array.from({ length: samples }, (_, i) => i % 2),
    });
  }
  return members;
}

export function zip(members: Record<string, Uint8Array>): Buffer {
  return Buffer.from(zipSync(members, { level: 6 }));
}
