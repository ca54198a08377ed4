import { expect, test } from 'vitest';
import { codestreamSize } from '../../../src/data/dicom/codestream-size.ts';

/** A frame header of 24 × 16 pixels of 3 samples: SOF0. */
const FRAME = 'ffc000110800100018030122000211010311 01'.replace(' ', '');
/** A quantisation table that is not looked at. */
const TABLE = 'ffdb00040001';

function sizeOf(hex: string) {
  return codestreamSize(Buffer.from(hex, 'hex'));
}

test('a JPEG states its size after any segments with a length', () => {
  const size = { width: 24, height: 16, components: 3 };
  expect(sizeOf(`ffd8${FRAME}`)).toEqual(size);
  expect(sizeOf(`ffd8${TABLE}ffff${TABLE}${FRAME}`)).toEqual(size);
});

test.each([
  ['no start', `${TABLE}${FRAME}`],
  ['a marker without a length, after which a codec looks for ever', `ffd8ff01${FRAME}`],
  ['such a marker with what looks like one', `ffd8ff010006${TABLE.slice(4)}${FRAME}`],
  ['bytes that are no marker', `ffd8010203${FRAME}`],
  ['a segment that goes beyond the end', `ffd8ffdb7fff${FRAME}`],
  ['no frame', `ffd8${TABLE}${TABLE}${TABLE}`],
])('a JPEG with %s states none', (_, hex) => expect(sizeOf(hex)).toBeNull());
