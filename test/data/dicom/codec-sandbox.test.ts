import { createRequire } from 'node:module';
import type * as dcmjsCodecs from 'dcmjs-codecs';
import { beforeAll, expect, test } from 'vitest';
import { type CodecModule, compileCodecs } from '../../../src/data/dicom/codec-module.ts';
import { createCodecSandbox } from '../../../src/data/dicom/codec-sandbox.ts';
import type { PixelLayout } from '../../../src/data/dicom/pixel-layout.ts';

const MEBIBYTE = 2 ** 20;

let codecs: CodecModule;
let encoders: typeof dcmjsCodecs;

beforeAll(async () => {
  codecs = await compileCodecs();
  encoders = createRequire(import.meta.url)('dcmjs-codecs') as typeof dcmjsCodecs;
  await encoders.NativeCodecs.initializeAsync();
});

function layoutOf(side: number): PixelLayout {
  const bits = { bitsAllocated: 16, bitsStored: 12, highBit: 11 } as const;
  const kind = { samples: 1, photometric: 'MONOCHROME2', isSigned: false, isPlanar: false } as const;
  return { rows: side, columns: side, frames: 1, ...kind, ...bits };
}

function pixelsOf(side: number): Uint8Array {
  return new Uint8Array(Uint16Array.from({ length: side * side }, (_, index) => (index * 37) % 4096).buffer);
}

function encoded(side: number): Uint8Array {
  const context = new encoders.Context({
    width: side,
    height: side,
    bitsAllocated: 16,
    bitsStored: 12,
    samplesPerPixel: 1,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
    decodedBuffer: pixelsOf(side),
  });
  return encoders.NativeCodecs.encodeJpeg2000(context, { lossy: false }).getEncodedBuffer() ?? new Uint8Array(0);
}

test('a sandbox begins with a few mebibytes and grows with its frames', () => {
  const sandbox = createCodecSandbox(codecs);
  expect(sandbox.memoryBytes()).toBeLessThanOrEqual(4 * MEBIBYTE);
  const { bytes, bitsAllocated } = sandbox.decode('DecodeJpeg2000', encoded(1_024), layoutOf(1_024));
  expect(bitsAllocated).toBe(16);
  expect(Buffer.from(bytes)).toEqual(Buffer.from(pixelsOf(1_024)));
  expect(sandbox.memoryBytes()).toBeGreaterThan(8 * MEBIBYTE);
  expect(sandbox.memoryBytes()).toBeLessThan(16 * MEBIBYTE);
});

test('sandboxes of one module do not share their memory', () => {
  const [one, other] = [createCodecSandbox(codecs), createCodecSandbox(codecs)];
  one.decode('DecodeJpeg2000', encoded(1_024), layoutOf(1_024));
  expect(other.memoryBytes()).toBeLessThan(one.memoryBytes());
  expect(other.decode('DecodeJpeg2000', encoded(16), layoutOf(16)).bytes).toEqual(pixelsOf(16));
});
