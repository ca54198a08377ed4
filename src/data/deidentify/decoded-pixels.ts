import { colourImage } from '../dicom/colour-image.ts';
import { type DecodedFrame, frameDecoder, isCompressed } from '../dicom/decode-frame.ts';
import { encodedFrames } from '../dicom/encoded-frames.ts';
import { toSamples } from '../dicom/frame-samples.ts';
import { nativeFrame } from '../dicom/native-frames.ts';
import type { OpenDicom } from '../dicom/open-dicom.ts';
import { type PixelLayout, readPixelLayout } from '../dicom/pixel-layout.ts';
import {
  type DicomElement,
  type DicomFile,
  EXPLICIT_LITTLE_ENDIAN,
  EXPLICIT_SYNTAX,
  textOf,
  textValue,
} from './dicom-element.ts';
import { type OpenPixels, PIXEL_DATA } from './open-pixels.ts';
import { pixelValues, planesOf } from './pixel-values.ts';

const TRANSFER_SYNTAX = 0x00020010;
const PHOTOMETRIC = 0x00280004;
const PLANAR = 0x00280006;
const BITS_ALLOCATED = 0x00280100;
const BITS_STORED = 0x00280101;
const HIGH_BIT = 0x00280102;

/**
 * Opens compressed pixels, and those of which two share their colours: the file with them rewritten is explicit little-endian, its
 * colours red, green and blue where the decoder says so.
 * @param path the file's, for messages
 * @returns undefined if the pixels are in a form that is not decoded
 * @throws DataError `data/bad-image` and its like, if they are damaged
 */
export async function openDecodedPixels(path: string, file: DicomFile): Promise<OpenPixels | undefined> {
  if (!file.layout.explicit || !file.layout.littleEndian) return undefined;
  const frames = await decodedFrames(path, file);
  const layout = frames?.[0]?.layout;
  if (frames === undefined || layout === undefined) return undefined;
  const bytes = Uint8Array.from(Buffer.concat(frames.map((frame) => frame.bytes)));
  const shape = { width: layout.columns, height: layout.rows, channels: layout.samples };
  const planes = planesOf(pixelValues(bytes, layout.bitsAllocated / 8, layout.isSigned), shape, frames.length);
  return planes && { planes, rewritten: () => withDecoded(file, bytes, layout) };
}

async function decodedFrames(path: string, file: DicomFile): Promise<DecodedFrame[] | undefined> {
  const parsed = interpretable(path, file);
  const layout = readPixelLayout(parsed);
  const syntax = parsed.transferSyntax;
  if (isCompressed(syntax)) {
    const decode = await frameDecoder(syntax, { path, offset: 0 });
    return encodedFrames(parsed, layout.frames).map((encoded) => decode(encoded, layout));
  }
  if (layout.photometric !== 'YBR_FULL_422' || layout.bitsAllocated !== 8) return undefined;
  return Array.from({ length: layout.frames }, (_, frame) => unshared(nativeFrame(parsed, layout, frame), layout));
}

function interpretable(path: string, { meta, dataset, layout }: DicomFile): OpenDicom {
  const elements = new Map(dataset.map((element) => [element.tag, element]));
  return {
    path,
    elements,
    layout,
    transferSyntax: textOf(meta, TRANSFER_SYNTAX),
    bytes: Buffer.alloc(0),
    datasetOffset: 0,
  };
}

/** Each pixel with a colour of its own. */
function unshared(bytes: Uint8Array, layout: PixelLayout): DecodedFrame {
  const { values } = colourImage(toSamples(bytes, layout), layout);
  const white = 2 ** layout.bitsStored - 1;
  return {
    bytes: Uint8Array.from(values, (value) => Math.round(value * white)),
    isOwn: true,
    layout: { ...layout, photometric: 'RGB', isPlanar: false },
  };
}

function withDecoded(file: DicomFile, bytes: Uint8Array, layout: PixelLayout): DicomFile {
  const bitsStored = Math.min(layout.bitsStored, layout.bitsAllocated);
  const changes: DicomElement[] = [
    { tag: PHOTOMETRIC, vr: 'CS', value: textValue(layout.photometric) },
    ...(layout.samples > 1 ? [short(PLANAR, 0)] : []),
    short(BITS_ALLOCATED, layout.bitsAllocated),
    short(BITS_STORED, bitsStored),
    short(HIGH_BIT, Math.min(layout.highBit, layout.bitsAllocated - 1)),
    { tag: PIXEL_DATA, vr: layout.bitsAllocated === 8 ? 'OB' : 'OW', value: { kind: 'bytes', bytes } },
  ];
  const tags = new Set(changes.map(({ tag }) => tag));
  const dataset = [...file.dataset.filter(({ tag }) => !tags.has(tag)), ...changes].sort((a, b) => a.tag - b.tag);
  const meta = file.meta.map((each) =>
    each.tag === TRANSFER_SYNTAX ? { ...each, value: textValue(EXPLICIT_SYNTAX) } : each,
  );
  return { meta, dataset, layout: EXPLICIT_LITTLE_ENDIAN };
}

function short(tag: number, value: number): DicomElement {
  return { tag, vr: 'US', value: { kind: 'bytes', bytes: Uint8Array.of(value & 0xff, value >> 8) } };
}
