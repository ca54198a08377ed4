import { ConsiliumError } from '../../base/errors.ts';
import type { Layout } from './dicom-element.ts';

/** What is wrong with the bytes of a DICOM file, and where; whoever knows the file's name says which file. */
export class DicomDamage extends ConsiliumError<'data/bad-dicom'> {
  constructor(reason: string, offset: number) {
    super('data/bad-dicom', `${reason}, at byte ${offset}`, { details: { offset } });
  }
}

/** Reads numbers of a data set one after the other; never past its end. */
export class DicomCursor {
  readonly bytes: Buffer;
  readonly layout: Layout;
  readonly end: number;
  position: number;

  constructor(bytes: Uint8Array, layout: Layout, { from = 0, to = bytes.length } = {}) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.layout = layout;
    this.position = from;
    this.end = to;
  }

  get left(): number {
    return this.end - this.position;
  }

  uint16(): number {
    const at = this.#advance(2);
    return this.layout.littleEndian ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  uint32(): number {
    const at = this.#advance(4);
    return this.layout.littleEndian ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  tag(): number {
    return this.uint16() * 0x10000 + this.uint16();
  }

  take(length: number): Buffer {
    const at = this.#advance(length);
    return this.bytes.subarray(at, at + length);
  }

  /** The next bytes, read otherwise. */
  within(length: number, layout: Layout): DicomCursor {
    const from = this.#advance(length);
    return new DicomCursor(this.bytes, layout, { from, to: from + length });
  }

  #advance(length: number): number {
    const at = this.position;
    if (length > this.left) throw new DicomDamage(`${length} bytes are announced, but ${this.left} are left`, at);
    this.position += length;
    return at;
  }
}
