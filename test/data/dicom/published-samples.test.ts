import { expect, test } from 'vitest';
import { readSourceRecords } from '../../../src/data/read-source-records.ts';
import { DICOM_FOLDER, hasShared } from './read-shared.ts';

/** What is refused, with its code; all other files are read, or hold no image. */
const REFUSED: Readonly<Record<string, string>> = {
  'DICOMDIR-nooffset': 'data/bad-dicom',
  'JPEG2000-embedded-sequence-delimiter.dcm': 'data/bad-image',
  'MR_truncated.dcm': 'data/bad-image',
  'badVR.dcm': 'data/bad-image',
  'meta_missing_tsyntax.dcm': 'data/bad-image',
  'nested_priv_SQ.dcm': 'data/bad-image',
  'rtplan_truncated.dcm': 'data/bad-dicom',
  'no-pixel-spacing.dcm': 'data/bad-dicom',
};

test.runIf(hasShared)('published samples are read, or refused one by one', async () => {
  // The kind of object, which every file states.
  const labelTag = '(0008,0016)';
  const { records, problems } = await readSourceRecords(DICOM_FOLDER, {
    frames: 'middle',
    burnedIn: 'ignore',
    labelTag,
  });
  const inDicom = problems.filter(({ code }) => /bad-|too-|failed/.test(code));
  expect(Object.fromEntries(inDicom.map(({ code, details }) => [details['file'], code]))).toEqual(REFUSED);
  expect(records.length).toBeGreaterThan(130);
  expect(records.every(({ values }) => values.every((value) => value >= 0 && value <= 1))).toBe(true);
});
