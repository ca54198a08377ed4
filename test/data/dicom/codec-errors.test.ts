import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileCodecs } from '../../../src/data/dicom/codec-module.ts';
import { createCodecSandbox } from '../../../src/data/dicom/codec-sandbox.ts';
import { frameDecoder } from '../../../src/data/dicom/decode-frame.ts';
import { encodedFrames } from '../../../src/data/dicom/encoded-frames.ts';
import { openDicom } from '../../../src/data/dicom/open-dicom.ts';
import { type PixelLayout, readPixelLayout } from '../../../src/data/dicom/pixel-layout.ts';
import { DICOM_FOLDER, hasShared } from './read-shared.ts';

const FILE = 'pydicom_test_files/MR_small_jp2klossless.dcm';
/** Sandboxes that are kept are broken by then. */
const ROUNDS = 12;

interface Compressed {
  readonly syntax: string;
  readonly frame: Buffer;
  readonly layout: PixelLayout;
}

function compressed(): Compressed {
  const file = openDicom(FILE, readFileSync(`${DICOM_FOLDER}/${FILE}`));
  const layout = readPixelLayout(file);
  return { syntax: file.transferSyntax, frame: encodedFrames(file, 1)[0] ?? Buffer.alloc(0), layout };
}

/** The frame with one marker broken, each time another. */
function broken(frame: Buffer, round: number): Buffer {
  const copy = Buffer.from(frame);
  copy.fill(0xa5, 44 + round, 60 + round);
  return copy;
}

test.runIf(hasShared)('a frame that a codec fails on does not change how the next one is decoded', async () => {
  const { syntax, frame, layout } = compressed();
  const decode = async (bytes: Buffer) => (await frameDecoder(syntax, { path: FILE, offset: 0 }))(bytes, layout).bytes;
  const sound = await decode(frame);
  for (let round = 0; round < ROUNDS; round++) {
    await expect(decode(broken(frame, round))).rejects.toMatchObject({ code: 'data/bad-image' });
    expect(await decode(frame)).toEqual(sound);
  }
});

test.runIf(hasShared)('a sandbox that is kept after failures decodes sound frames wrongly, or not at all', async () => {
  const { frame, layout } = compressed();
  const sandbox = createCodecSandbox(await compileCodecs());
  const decode = (bytes: Buffer) => sandbox.decode('DecodeJpeg2000', bytes, layout);
  const keepOn = (): void => {
    for (let round = 0; round < ROUNDS; round++) {
      expect(() => decode(broken(frame, round))).toThrow(/./);
      decode(frame);
    }
  };
  expect(keepOn).toThrow(expect.objectContaining({ name: 'RuntimeError' }));
});
