import { imageError } from '../images/image-error.ts';
import { isOutOfMemory } from '../images/is-out-of-memory.ts';
import { type CodecModule, compileCodecs } from './codec-module.ts';
import { type CodecSandbox, createCodecSandbox, type Decoder } from './codec-sandbox.ts';
import { codestreamSize } from './codestream-size.ts';
import { isRleFrame } from './is-rle-frame.ts';
import type { PixelLayout } from './pixel-layout.ts';

/** Which codec decodes which transfer syntax (PS3.5 section 10). */
const DECODERS: Readonly<Record<string, Decoder>> = {
  '1.2.840.10008.1.2.5': 'DecodeRle',
  '1.2.840.10008.1.2.4.50': 'DecodeJpeg',
  '1.2.840.10008.1.2.4.51': 'DecodeJpeg',
  '1.2.840.10008.1.2.4.53': 'DecodeJpeg',
  '1.2.840.10008.1.2.4.55': 'DecodeJpeg',
  '1.2.840.10008.1.2.4.57': 'DecodeJpeg',
  '1.2.840.10008.1.2.4.70': 'DecodeJpeg',
  '1.2.840.10008.1.2.4.80': 'DecodeJpegLs',
  '1.2.840.10008.1.2.4.81': 'DecodeJpegLs',
  '1.2.840.10008.1.2.4.90': 'DecodeJpeg2000',
  '1.2.840.10008.1.2.4.91': 'DecodeJpeg2000',
};

/** One frame as a codec left it: little-endian samples, channels of a pixel side by side. */
export interface DecodedFrame {
  readonly bytes: Uint8Array;
  /** True if the bytes are not the file's. */
  readonly isOwn: boolean;
  readonly layout: PixelLayout;
}

/** Decodes one compressed frame. @throws DataError `data/bad-image` */
export type FrameDecoder = (encoded: Buffer, layout: PixelLayout) => DecodedFrame;

/** True for the transfer syntaxes whose pixel data is compressed and can be decoded. */
export function isCompressed(transferSyntax: string): boolean {
  return Object.hasOwn(DECODERS, transferSyntax);
}

/** Above this a sandbox is given up after a frame, as its memory does not shrink. */
const MAX_KEPT_BYTES = 32 * 2 ** 20;

let compiled: Promise<CodecModule> | undefined;
let sandbox: CodecSandbox | undefined;

/**
 * The decoder of a transfer syntax. The codecs are compiled C and C++ in a WebAssembly sandbox; they are compiled when the first
 * compressed file is met, and get a new sandbox after every frame that they failed on.
 * @param place the file, and where its pixel data starts, for messages
 */
export async function frameDecoder(
  transferSyntax: string,
  place: { path: string; offset: number },
): Promise<FrameDecoder> {
  compiled ??= compileCodecs();
  const codecs = await compiled.catch((cause: unknown) => {
    // Another file may find the memory that this one did not.
    compiled = undefined;
    throw cause;
  });
  const decoder = DECODERS[transferSyntax] ?? 'DecodeRle';
  return (encoded, layout) => {
    if (decoder !== 'DecodeRle') checkCodestream(encoded, layout, place);
    else if (!isRleFrame(encoded, layout)) throw bad(place, 'has no RLE segments for its pixels');
    const frame = attempt(codecs, { decoder, encoded, layout });
    // What comes next may need the room, and the engine does not look for it by itself. A function that holds the sandbox could not free it.
    if (isLargeGivenUp(frame instanceof Error)) globalThis.gc?.();
    if (frame instanceof Error) {
      throw isOutOfMemory(frame) ? frame : bad(place, 'has compressed pixels that cannot be decoded');
    }
    const expected = layout.rows * layout.columns * layout.samples * Math.ceil(frame.layout.bitsAllocated / 8);
    if (frame.bytes.length >= expected) return { ...frame, bytes: frame.bytes.subarray(0, expected) };
    throw bad(place, `decodes to ${frame.bytes.length} bytes, not ${expected}`);
  };
}

interface Encoded {
  readonly decoder: Decoder;
  readonly encoded: Buffer;
  readonly layout: PixelLayout;
}

/** @returns the frame, or why there is none */
function attempt(codecs: CodecModule, { decoder, encoded, layout }: Encoded): DecodedFrame | Error {
  try {
    sandbox ??= createCodecSandbox(codecs);
    const decoded = sandbox.decode(decoder, encoded, layout);
    const bitsAllocated = decoded.bitsAllocated === 8 ? 8 : layout.bitsAllocated;
    const photometric = decoder === 'DecodeRle' || decoder === 'DecodeJpegLs' ? layout.photometric : 'RGB';
    const isColour = layout.samples === 3;
    return {
      bytes: decoded.bytes,
      isOwn: true,
      layout: { ...layout, bitsAllocated, isPlanar: false, photometric: isColour ? photometric : layout.photometric },
    };
  } catch (cause) {
    return cause instanceof Error ? cause : new Error('the codecs gave up', { cause });
  }
}

/** Gives up a sandbox that is broken or large. @returns true if it was large */
function isLargeGivenUp(isBroken: boolean): boolean {
  const isLarge = sandbox !== undefined && sandbox.memoryBytes() > MAX_KEPT_BYTES;
  if (isBroken || isLarge) sandbox = undefined;
  return isLarge;
}

/** A codestream states a size of its own, and the codec allocates by that one. Where the way to it is damaged, one codec looks for ever. */
function checkCodestream(encoded: Buffer, layout: PixelLayout, place: { path: string; offset: number }): void {
  const size = codestreamSize(encoded);
  if (!size) throw bad(place, 'has compressed pixels that do not state their size');
  if (size.width === layout.columns && size.height === layout.rows && size.components === layout.samples) return;
  const stated = `${layout.columns} × ${layout.rows} pixels of ${layout.samples} samples`;
  throw bad(
    place,
    `states ${stated}, but its compressed pixels are ${size.width} × ${size.height} of ${size.components}`,
  );
}

function bad({ path, offset }: { path: string; offset: number }, reason: string) {
  return imageError(path, { code: 'data/bad-image', reason, offset });
}
