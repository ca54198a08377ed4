import { type Demographics, parseAge, parseSex } from '../demographics.ts';
import { imageError } from '../images/image-error.ts';
import type { ImageFile, ImagePart, UnitImage } from '../images/image-file.ts';
import { chosenFrames, type ReadingOptions } from '../images/reading-options.ts';
import { applyBurnedInPolicy } from './burned-in-policy.ts';
import { colourImage } from './colour-image.ts';
import { type DecodedFrame, frameDecoder, isCompressed } from './decode-frame.ts';
import { text } from './dicom-values.ts';
import { encodedFrames } from './encoded-frames.ts';
import { toSamples } from './frame-samples.ts';
import { greyImage } from './grey-image.ts';
import { nativeFrame } from './native-frames.ts';
import { type OpenDicom, offsetOf, openDicom } from './open-dicom.ts';
import { paletteImage } from './palette-image.ts';
import { type PixelLayout, readPixelLayout } from './pixel-layout.ts';

const NATIVE = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2'];
const MAX_LABEL_LENGTH = 64;

/**
 * Reads the images of a DICOM file. Of its header nothing gets out but the patient's identifier, which stays in memory, the
 * value of the tag that was asked for as label, and sex and age if they were asked for.
 * @throws DataError naming the file and the byte where something is wrong
 */
export async function readDicom(path: string, bytes: Buffer, options: ReadingOptions): Promise<ImageFile> {
  const file = openDicom(path, bytes);
  const layout = readPixelLayout(file);
  const frameAt = await frameReader(file, layout);
  const label = options.labelTag === null ? null : labelOf(file, options.labelTag);
  const persons = options.demographics === true ? { demographics: demographicsOf(file) } : {};
  return { patient: text(file, 0x00100020), ...persons, parts: imageParts({ file, layout, frameAt, label }, options) };
}

interface DecodableDicom {
  readonly file: OpenDicom;
  readonly layout: PixelLayout;
  readonly frameAt: (frame: number) => DecodedFrame;
  readonly label: string | null;
}

function* imageParts({ file, layout, frameAt, label }: DecodableDicom, options: ReadingOptions): Generator<ImagePart> {
  for (const frame of chosenFrames(options.frames, layout.frames)) {
    const image = toImage(file, frameAt(frame), options);
    applyBurnedInPolicy(file, image, options.burnedIn);
    yield { part: layout.frames === 1 ? null : `frame ${frame + 1}`, label, image };
  }
}

async function frameReader(file: OpenDicom, layout: PixelLayout): Promise<(frame: number) => DecodedFrame> {
  const { path, transferSyntax } = file;
  const offset = offsetOf(file, 0x7fe00010);
  if (isCompressed(transferSyntax)) {
    const decode = await frameDecoder(transferSyntax, { path, offset });
    const encoded = encodedFrames(file, layout.frames);
    return (frame) => decode(encoded[frame] ?? Buffer.alloc(0), layout);
  }
  if (NATIVE.includes(transferSyntax))
    return (frame) => ({ bytes: nativeFrame(file, layout, frame), isOwn: false, layout });
  throw imageError(path, { code: 'data/unsupported-image', reason: 'has a transfer syntax that is not read', offset });
}

function toImage(file: OpenDicom, { bytes, isOwn, layout }: DecodedFrame, { window }: ReadingOptions): UnitImage {
  const samples = toSamples(bytes, layout, isOwn);
  if (layout.samples === 3) return colourImage(samples, layout);
  if (layout.photometric === 'PALETTE COLOR') return paletteImage(file, samples, layout);
  return greyImage(file, samples, { layout, window });
}

/** Patient's Sex and Patient's Age; an age is not worked out from a date of birth. */
const demographicsOf = (file: OpenDicom): Demographics => ({
  sex: parseSex(text(file, 0x00100040)),
  ageYears: parseAge(text(file, 0x00101010)),
});

/** Printable and short: a class is a word, not a text. */
function labelOf(file: OpenDicom, tag: string): string | null {
  const label = text(file, Number.parseInt(tag, 16));
  return label === null ? null : label.replaceAll(/[\x00-\x1f\x7f]/g, ' ').slice(0, MAX_LABEL_LENGTH);
}
