import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isConsiliumError } from '../../../src/base/errors.ts';
import { deidentifyFile } from '../../../src/data/deidentify/deidentify-file.ts';
import { isPrivate } from '../../../src/data/deidentify/dicom-dictionary.ts';
import {
  type DicomDataset,
  type DicomElement,
  decodedText,
  textOf,
} from '../../../src/data/deidentify/dicom-element.ts';
import { identifyingWords } from '../../../src/data/deidentify/identifying-words.ts';
import { createProfile } from '../../../src/data/deidentify/profile.ts';
import { createPseudonyms } from '../../../src/data/deidentify/pseudonyms.ts';
import { readDicom } from '../../../src/data/deidentify/read-dicom.ts';
import { shiftDate } from '../../../src/data/deidentify/shift-date.ts';
import { writeDicom } from '../../../src/data/deidentify/write-dicom.ts';
import { allElements, dicomFile, element, withTag } from './dicom-builder.ts';
import { DICOM_FOLDER } from './native-image.ts';

const PIXELS = 0x7fe00010;
const pseudonyms = createPseudonyms(new Uint8Array(32).fill(1));
const basic = { profile: createProfile([]), pseudonyms, pixelsCleaned: false };

/** Read, de-identified, written and read again. */
function cleaned(bytes: Uint8Array): DicomDataset {
  return readDicom(writeDicom(deidentifyFile(readDicom(bytes), basic).file)).dataset;
}

const bytesOf = ({ value }: DicomElement): Uint8Array => (value.kind === 'items' ? new Uint8Array() : value.bytes);
const isDamage = (error: unknown): boolean => isConsiliumError(error, 'data/bad-dicom');

/** At the top, not those of an icon. */
const pixelsOf = (dataset: DicomDataset): Uint8Array[] => dataset.filter(({ tag }) => tag === PIXELS).map(bytesOf);

/** A data set with so many sequences within each other. */
function nested(depth: number): DicomDataset {
  return depth === 0 ? [element(0x00100010, 'PN', 'DOE^JANE')] : [element(0x00082228, 'SQ', [nested(depth - 1)])];
}

describe('a de-identified file', () => {
  const original = dicomFile([
    element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element(0x00080018, 'UI', '1.2.3.100'),
    element(0x00080070, 'LO', 'ACME scanner of Jane Doe'),
    element(0x00081140, 'SQ', [
      [element(0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.2'), element(0x00081155, 'UI', '1.2.3.100')],
    ]),
    element(0x00100010, 'PN', 'DOE^JANE'),
    element(0x00100020, 'LO', 'MRN-4711'),
    element(0x00101010, 'AS', '093Y'),
    element(0x00090010, 'LO', 'ACME'),
    element(0x00091001, 'LO', 'DOE'),
    element(0x00080000, 'UL', '\0\0\0\0'),
    element(0x00087777, 'LO', 'not in any dictionary'),
    element(0x00180015, 'CS', 'CHEST'),
  ]);
  const { file, patient, instance } = deidentifyFile(original, basic);

  test('states what was done to it', () => {
    const { dataset } = file;
    expect([0x00120062, 0x00280303].map((tag) => textOf(dataset, tag))).toEqual(['YES', 'REMOVED']);
    expect(textOf(dataset, 0x00120063)).toContain('PS3.15');
    expect(withTag(dataset, 0x00080100).map((code) => decodedText(bytesOf(code)))).toEqual(['113100']);
    expect(withTag(dataset, 0x00280301)).toEqual([]);
  });

  test('states that its pixels were cleaned only if they were', () => {
    const { dataset } = deidentifyFile(original, { ...basic, pixelsCleaned: true }).file;
    expect(textOf(dataset, 0x00280301)).toBe('NO');
    expect(withTag(dataset, 0x00080100).map((code) => decodedText(bytesOf(code)))).toEqual(['113100', '113101']);
  });

  test('names the patient by a pseudonym, which only the entry for the look-up table resolves', () => {
    expect(textOf(file.dataset, 0x00100010)).toBe(patient.pseudonym);
    expect(patient).toMatchObject({ patientId: 'MRN-4711', patientName: 'DOE^JANE' });
    expect(Buffer.from(writeDicom(file)).toString('latin1')).not.toMatch(/DOE|JANE|MRN|-4711/i);
  });

  test('refers to itself and to others by replaced UIDs', () => {
    expect(textOf(file.dataset, 0x00080018)).toBe(instance);
    expect(withTag(file.dataset, 0x00081155).map((each) => decodedText(bytesOf(each)))).toEqual([instance]);
    expect(textOf(file.meta, 0x00020003)).toBe(instance);
    expect(textOf(file.dataset, 0x00080016)).toBe('1.2.840.10008.5.1.4.1.1.2');
  });

  test('has no private, unknown or group length element, and no name where none belongs', () => {
    const tags = allElements(file.dataset).map(({ tag }) => tag);
    expect(tags.filter((tag) => isPrivate(tag) || [0x00080000, 0x00087777, 0x00080070].includes(tag))).toEqual([]);
    expect(textOf(file.dataset, 0x00180015)).toBe('CHEST');
  });

  test('begins with zeros, where other formats may hide', () => {
    const bytes = Buffer.concat([Buffer.alloc(128, 'MZ DOE JANE'), writeDicom(original).subarray(128)]);
    expect(
      [...writeDicom(deidentifyFile(readDicom(bytes), basic).file).subarray(0, 128)].every((byte) => byte === 0),
    ).toBe(true);
  });

  test('keeps no age above 89 years', () => {
    const options = { ...basic, profile: createProfile(['retain-patient-characteristics']) };
    expect(textOf(deidentifyFile(original, options).file.dataset, 0x00101010)).toBe('090Y');
  });

  test('is the same for the same key, and has nothing in common for another one', () => {
    expect(writeDicom(deidentifyFile(original, basic).file)).toEqual(writeDicom(file));
    const other = deidentifyFile(original, { ...basic, pseudonyms: createPseudonyms(new Uint8Array(32).fill(2)) });
    expect([other.instance, other.patient.pseudonym]).not.toContain(instance);
    expect(other.patient.pseudonym).not.toBe(patient.pseudonym);
  });
});

describe('reading', () => {
  test('goes 32 sequences deep and refuses more', () => {
    expect(
      withTag(cleaned(writeDicom(dicomFile(nested(32)))), 0x00100010).map((each) => decodedText(bytesOf(each))),
    ).toEqual([expect.stringMatching(/^P-/)]);
    expect(() => readDicom(writeDicom(dicomFile(nested(33))))).toThrow(expect.toSatisfy(isDamage));
    const open = Buffer.from('0800282253510000fffffffffeff00e0ffffffff', 'hex');
    const bottomless = Buffer.concat([writeDicom(dicomFile([])), ...Array.from({ length: 2000 }, () => open)]);
    expect(() => readDicom(bottomless)).toThrow(expect.toSatisfy(isDamage));
  });

  test('fails with a typed error or not at all, wherever a file is cut or changed', () => {
    const whole = writeDicom(
      dicomFile([...nested(3), element(0x00081140, 'SQ', [[element(0x00081155, 'UI', '1.2')]])]),
    );
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const bytes = cut ? whole.slice(0, at) : Uint8Array.from(whole, (each, index) => (index === at ? byte : each));
        try {
          readDicom(bytes);
        } catch (error) {
          expect(isDamage(error)).toBe(true);
        }
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});

test('dates are set back by the calendar', () => {
  expect(shiftDate('20240301', 1)).toBe('20240229');
  expect(shiftDate('20230301', 1)).toBe('20230228');
  expect(shiftDate('2000.01.01', 1)).toBe('19991231');
  expect(shiftDate('19000301120000.5+0100', 60)).toBe('18991231120000.5+0100');
  expect(['20230229', '20231301', '2023', ''].map((date) => shiftDate(date, 1))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

describe.runIf(existsSync(DICOM_FOLDER))('real files', () => {
  const files = readdirSync(DICOM_FOLDER, { recursive: true, encoding: 'utf8' })
    .map((name) => join(DICOM_FOLDER, name))
    .filter((path) => statSync(path).isFile() && !/(\.(txt|json|gz|dump|icc|sh)$)|LICENSE|README/.test(path));
  const readable = files.flatMap((path) => {
    try {
      const bytes = readFileSync(path);
      return [{ path, bytes, dataset: readDicom(bytes).dataset }];
    } catch {
      return [];
    }
  });
  const patients = readable.filter(({ path }) => !/DICOMDIR[^/]*$/.test(path));

  test('are nearly all read: all but those that are cut short within a sequence, or no DICOM at their first byte', () => {
    expect(files.length - readable.length).toBeLessThanOrEqual(4);
  });

  test('keep every byte of their pixels and every representation', () => {
    const changed = patients.filter(({ bytes, dataset }) => {
      const after = cleaned(bytes);
      const pixels = pixelsOf(dataset);
      const same = pixelsOf(after).every((each, index) =>
        Buffer.from(each)
          .subarray(0, pixels[index]?.length)
          .equals(pixels[index] ?? Buffer.alloc(0)),
      );
      const representations = new Map(dataset.map(({ tag, vr }) => [tag, vr]));
      return !same || after.some(({ tag, vr }) => (representations.get(tag) ?? vr) !== vr);
    });
    expect(changed.map(({ path }) => path)).toEqual([]);
  });

  test('hold no name and no number of their patient afterwards', () => {
    const leaks = patients.filter(({ bytes, dataset }) => {
      const words = [...identifyingWords(dataset)].filter(({ length }) => length >= 5);
      const text = Buffer.from(
        writeDicom({ meta: [], layout: { explicit: true, littleEndian: true }, dataset: cleaned(bytes) }),
      )
        .toString('latin1')
        .toUpperCase();
      return words.some((word) => text.includes(word.toUpperCase()));
    });
    expect(leaks.map(({ path }) => path)).toEqual([]);
  });

  test('with a hundred private elements and sequences in unknown representations have none left', () => {
    for (const name of [
      'deid_data/humans/ctbrain1.dcm',
      'pydicom_test_files/nested_priv_SQ.dcm',
      'pydicom_test_files/UN_sequence.dcm',
    ]) {
      const { dataset } = readDicom(readFileSync(join(DICOM_FOLDER, name)));
      const after = cleaned(readFileSync(join(DICOM_FOLDER, name)));
      expect(allElements(dataset).length).toBeGreaterThan(0);
      expect(allElements(after).filter(({ tag }) => isPrivate(tag))).toEqual([]);
    }
  });
});
