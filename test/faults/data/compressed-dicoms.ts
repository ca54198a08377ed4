import { createRequire } from 'node:module';
import type * as dcmjsCodecs from 'dcmjs-codecs';
import { dicomBytes, greyDicom } from '../../data/dicom/dicom-bytes.ts';

const SIDE = 16;
const ENCODERS = [
  ['1.2.840.10008.1.2.5', 'encodeRle', {}],
  ['1.2.840.10008.1.2.4.50', 'encodeJpeg', { lossy: true, quality: 90, predictor: 0, pointTransform: 0 }],
  ['1.2.840.10008.1.2.4.70', 'encodeJpeg', { lossy: false, predictor: 1, pointTransform: 0 }],
  ['1.2.840.10008.1.2.4.80', 'encodeJpegLs', { lossy: false }],
  ['1.2.840.10008.1.2.4.90', 'encodeJpeg2000', { lossy: false }],
] as const;

/** One small grey image in every compressed encoding. */
export async function compressedDicoms(): Promise<Buffer[]> {
  const { NativeCodecs, Context } = createRequire(import.meta.url)('dcmjs-codecs') as typeof dcmjsCodecs;
  await NativeCodecs.initializeAsync();
  return ENCODERS.map(([syntax, encoder, parameters]) => {
    const context = new Context({
      width: SIDE,
      height: SIDE,
      bitsAllocated: 8,
      bitsStored: 8,
      samplesPerPixel: 1,
      pixelRepresentation: 0,
      planarConfiguration: 0,
      photometricInterpretation: 'MONOCHROME2',
      decodedBuffer: Uint8Array.from({ length: SIDE * SIDE }, (_, index) => (index * index) % 251),
    });
    const frame = Buffer.from(NativeCodecs[encoder](context, parameters).getEncodedBuffer() ?? []);
    const even = frame.length % 2 === 0 ? frame : Buffer.concat([frame, Buffer.alloc(1)]);
    return dicomBytes(greyDicom(SIDE, { fragments: [even] }), syntax);
  });
}
