import { createRequire } from 'node:module';
import type * as dcmjsCodecs from 'dcmjs-codecs';
import { imageError } from '../images/image-error.ts';
import { isOutOfMemory } from '../images/is-out-of-memory.ts';
import { codestreamSize } from './codestream-size.ts';
import { isRleFrame } from './is-rle-frame.ts';
import type { PixelLayout } from './pixel-layout.ts';

type Codecs = typeof dcmjsCodecs;
type Decoder = 'decodeRle' | 'decodeJpeg' | 'decodeJpegLs' | 'decodeJpeg2000';

/** Which codec decodes which transfer syntax (PS3.5 section 10). */
const DECODERS: Readonly<Record<string, Decoder>> = {
  '1.2.840.10008.1.2.5': 'decodeRle',
  '1.2.840.10008.1.2.4.50': 'decodeJpeg',
  '1.2.840.10008.1.2.4.51': 'decodeJpeg',
  '1.2.840.10008.1.2.4.53': 'decodeJpeg',
  '1.2.840.10008.1.2.4.55': 'decodeJpeg',
  '1.2.840.10008.1.2.4.57': 'decodeJpeg',
  '1.2.840.10008.1.2.4.70': 'decodeJpeg',
  '1.2.840.10008.1.2.4.80': 'decodeJpegLs',
  '1.2.840.10008.1.2.4.81': 'decodeJpegLs',
  '1.2.840.10008.1.2.4.90': 'decodeJpeg2000',
  '1.2.840.10008.1.2.4.91': 'decodeJpeg2000',
};

/** One frame as a codec left it: little-endian samples, channels of a pixel side by side. */
export interface DecodedFrame {
  readonly bytes: Uint8Array;
  readonly layout: PixelLayout;
}

/** Decodes one compressed frame. @throws DataError `data/bad-image` */
export type FrameDecoder = (encoded: Buffer, layout: PixelLayout) => DecodedFrame;

/** True for the transfer syntaxes whose pixel data is compressed and can be decoded. */
export function isCompressed(transferSyntax: string): boolean {
  return Object.hasOwn(DECODERS, transferSyntax);
}

let loaded: Promise<Codecs> | undefined;

/**
 * The decoder of a transfer syntax. The codecs are compiled C and C++ in a WebAssembly sandbox; they are loaded when the first
 * compressed file is met, and again after every frame that they failed on.
 * @param place the file, and where its pixel data starts, for messages
 */
export async function frameDecoder(
  transferSyntax: string,
  place: { path: string; offset: number },
): Promise<FrameDecoder> {
  loaded ??= loadCodecs();
  const codecs = await loaded.catch((cause: unknown) => {
    // Another file may find the memory that this one did not.
    loaded = undefined;
    throw cause;
  });
  const decoder = DECODERS[transferSyntax] ?? 'decodeRle';
  return (encoded, layout) => {
    if (decoder !== 'decodeRle') checkCodestream(encoded, layout, place);
    else if (!isRleFrame(encoded, layout)) throw bad(place, 'has no RLE segments for its pixels');
    const frame = run(codecs, { decoder, encoded, layout, place });
    const expected = layout.rows * layout.columns * layout.samples * Math.ceil(frame.layout.bitsAllocated / 8);
    if (frame.bytes.length >= expected) return { ...frame, bytes: frame.bytes.subarray(0, expected) };
    throw bad(place, `decodes to ${frame.bytes.length} bytes, not ${expected}`);
  };
}

interface Run {
  readonly decoder: Decoder;
  readonly encoded: Buffer;
  readonly layout: PixelLayout;
  readonly place: { path: string; offset: number };
}

function run({ Context, NativeCodecs }: Codecs, { decoder, encoded, layout, place }: Run): DecodedFrame {
  const context = new Context({
    width: layout.columns,
    height: layout.rows,
    bitsAllocated: layout.bitsAllocated,
    bitsStored: layout.bitsStored,
    samplesPerPixel: layout.samples,
    pixelRepresentation: layout.isSigned ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: layout.photometric,
    encodedBuffer: new Uint8Array(encoded),
  });
  try {
    const decoded = NativeCodecs[decoder](context, { convertColorspaceToRgb: layout.photometric !== 'RGB' });
    const bitsAllocated = decoded.getBitsAllocated() === 8 ? 8 : layout.bitsAllocated;
    const photometric = decoder === 'decodeRle' || decoder === 'decodeJpegLs' ? layout.photometric : 'RGB';
    const isColour = layout.samples === 3;
    return {
      bytes: decoded.getDecodedBuffer() ?? new Uint8Array(0),
      layout: { ...layout, bitsAllocated, isPlanar: false, photometric: isColour ? photometric : layout.photometric },
    };
  } catch (cause) {
    // An error leaves the sandbox's stack where it was thrown: after a few, sound frames decode wrongly, so it is made anew.
    loaded = undefined;
    if (isOutOfMemory(cause)) throw cause;
    throw bad(place, 'has compressed pixels that cannot be decoded');
  }
}

/** A codestream states a size of its own, and the codec allocates by that one. */
function checkCodestream(encoded: Buffer, layout: PixelLayout, place: { path: string; offset: number }): void {
  const size = codestreamSize(encoded);
  if (!size) return;
  if (size.width === layout.columns && size.height === layout.rows && size.components === layout.samples) return;
  const stated = `${layout.columns} × ${layout.rows} pixels of ${layout.samples} samples`;
  throw bad(
    place,
    `states ${stated}, but its compressed pixels are ${size.width} × ${size.height} of ${size.components}`,
  );
}

async function loadCodecs(): Promise<Codecs> {
  // The package is one bundled script, whose names an import statement cannot see.
  const codecs = createRequire(import.meta.url)('dcmjs-codecs') as Codecs;
  codecs.NativeCodecs.release();
  // Two sandboxes do not fit side by side into a reading process, and the engine does not look for the old one by itself.
  globalThis.gc?.();
  await codecs.NativeCodecs.initializeAsync();
  return codecs;
}

function bad({ path, offset }: { path: string; offset: number }, reason: string) {
  return imageError(path, { code: 'data/bad-image', reason, offset });
}
