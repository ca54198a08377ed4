import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isConsiliumError } from '../../../src/base/errors.ts';
import { deidentifyFile } from '../../../src/data/deidentify/deidentify-file.ts';
import { type DicomElement, decodedText } from '../../../src/data/deidentify/dicom-element.ts';
import { createProfile, REFUSED_OPTIONS } from '../../../src/data/deidentify/profile.ts';
import { type AttributeOption, profileAttributes } from '../../../src/data/deidentify/profile-table.ts';
import { createPseudonyms } from '../../../src/data/deidentify/pseudonyms.ts';
import { dicomFile, element, withTag } from './dicom-builder.ts';
import { DICOM_FOLDER } from './native-image.ts';

const TABLE = `${DICOM_FOLDER}/confidentiality_profile_attributes.json`;
const COLUMNS: Readonly<Record<string, AttributeOption>> = {
  rtnSafePrivOpt: 'retain-safe-private',
  rtnUIDsOpt: 'retain-uids',
  rtnDevIdOpt: 'retain-device-identity',
  rtnInstIdOpt: 'retain-institution-identity',
  rtnPatCharsOpt: 'retain-patient-characteristics',
  rtnLongFullDatesOpt: 'retain-full-dates',
  rtnLongModifDatesOpt: 'retain-modified-dates',
  cleanDescOpt: 'clean-descriptors',
  cleanStructContOpt: 'clean-structured-content',
  cleanGraphOpt: 'clean-graphics',
};
const pseudonyms = createPseudonyms(new Uint8Array(32).fill(7));

/** A tag that a row's pattern stands for. */
function tagOf(pattern: string): number {
  return pattern === 'private'
    ? 0x00091010
    : Number.parseInt(pattern.replace(/^(.)0xx/, '$002').replaceAll('x', '1'), 16);
}

/** A value of each representation, and none that a dummy would equal. */
function planted(vr: string): string {
  const values: Readonly<Record<string, string>> = {
    DA: '19990807',
    DT: '19990807121314',
    TM: '121314',
    AS: '044Y',
    UI: '1.2.3.4',
    DS: '7',
    IS: '7',
  };
  return values[vr] ?? 'PLANTED';
}

/** What a row's attribute becomes, at the top and in an item of a sequence that is kept. */
function deidentified(
  row: { pattern: string; vr: string },
  options: readonly string[] = [],
): [DicomElement[], DicomElement[]] {
  const tag = tagOf(row.pattern);
  const content = row.vr === 'SQ' ? [[element(0x00080104, 'LO', 'PLANTED')]] : planted(row.vr);
  const attribute = element(tag, row.vr, content);
  const nested = element(0x00089215, 'SQ', [[element(0x00082228, 'SQ', [[attribute]])]]);
  const file = dicomFile([attribute, nested]);
  const { dataset } = deidentifyFile(file, { profile: createProfile(options), pseudonyms, pixelsCleaned: false }).file;
  const inside = withTag(
    dataset.filter((each) => each.tag === nested.tag),
    tag,
  );
  return [dataset.filter((each) => each.tag === tag), inside];
}

/** Which of the table's letters describe what an attribute has become. */
function lettersOf(found: readonly DicomElement[], vr: string): string[] {
  const [first] = found;
  if (first === undefined) return ['X'];
  if (first.value.kind === 'items') return first.value.items.length === 0 ? ['Z'] : ['D', 'U*'];
  const text = first.value.kind === 'bytes' ? decodedText(first.value.bytes) : '';
  if (text === planted(vr)) return ['K'];
  if (text.startsWith('2.25.')) return ['U', 'D'];
  return text === '' && first.value.bytes.length === 0 ? ['Z'] : ['D', 'Z'];
}

describe('the table of attributes', () => {
  test('has the 621 rows of PS3.15, Table E.1-1', () => {
    expect(profileAttributes).toHaveLength(621);
  });

  test.runIf(existsSync(TABLE))('says of every attribute what the published table says', () => {
    const rows = z.array(z.record(z.string(), z.string())).parse(JSON.parse(readFileSync(TABLE, 'utf8')));
    const published = rows.map((row) => ({
      pattern: row.id?.startsWith('gggg') === true ? 'private' : row.id,
      basic: row.basicProfile,
      name: row.name?.replaceAll(/\s+/g, ' '),
      options: Object.fromEntries(
        Object.entries(COLUMNS).flatMap(([from, to]) => (row[from] === undefined ? [] : [[to, row[from]]])),
      ),
    }));
    const ours = profileAttributes.map(({ pattern, basic, name, options }) => ({
      pattern,
      basic,
      name,
      options: Object.fromEntries(options),
    }));
    expect(ours).toEqual(published);
  });
});

describe('the Basic Profile', () => {
  test('does to each of the 621 attributes what its row allows, at the top and nested', () => {
    const wrong = profileAttributes.filter((row) => {
      const allowed = row.basic.split('/');
      return deidentified(row).some((found) => !lettersOf(found, row.vr).some((letter) => allowed.includes(letter)));
    });
    expect(wrong.map(({ pattern, name }) => `${pattern} ${name}`)).toEqual([]);
  });

  test('leaves nothing of any value behind', () => {
    const left = profileAttributes.filter(({ vr, ...row }) =>
      deidentified({ ...row, vr })
        .flat()
        .some((each) => vr !== 'SQ' && lettersOf([each], vr).includes('K')),
    );
    expect(left.map(({ name }) => name)).toEqual([]);
  });
});

describe('an option', () => {
  const retaining = Object.values(COLUMNS).filter(
    (option) => option.startsWith('retain-') && !REFUSED_OPTIONS.has(option) && option !== 'retain-modified-dates',
  );

  test.each(retaining)('%s keeps the attributes that the table marks with K, and no others', (option) => {
    const differing = profileAttributes.filter((row) => {
      const isKept = deidentified(row, [option])
        .flat()
        .some((found) => lettersOf([found], row.vr).includes('K'));
      return row.vr !== 'SQ' && isKept !== (row.options.get(option) === 'K');
    });
    expect(differing.map(({ name }) => name)).toEqual([]);
  });

  test('retain-modified-dates sets every date back by the same days', () => {
    const dates = profileAttributes.filter(
      ({ vr, options }) => vr === 'DA' && options.get('retain-modified-dates') === 'C',
    );
    const values = dates
      .flatMap((row) => deidentified(row, ['retain-modified-dates']).flat())
      .map(({ value }) => (value.kind === 'bytes' ? decodedText(value.bytes) : ''));
    expect(dates.length).toBeGreaterThan(50);
    expect(new Set(values).size).toBe(1);
    expect(values[0]).toMatch(/^199\d{5}$/);
    expect(values[0]).not.toBe('19990807');
  });

  test('clean-descriptors keeps known words only', () => {
    const description = (text: string) => {
      const file = dicomFile([element(0x0008103e, 'LO', text)]);
      const { dataset } = deidentifyFile(file, {
        profile: createProfile(['clean-descriptors']),
        pseudonyms,
        pixelsCleaned: false,
      }).file;
      return withTag(dataset, 0x0008103e).map(({ value }) => (value.kind === 'bytes' ? decodedText(value.bytes) : ''));
    };
    expect(description('Mr. Smith, CT chest 12.3.1988')).toEqual(['MR CT CHEST']);
    expect(description('Smith 0172/4711')).toEqual([]);
  });

  test('retain-safe-private keeps numbers of known creators, and nothing else that is private', () => {
    const file = dicomFile([
      element(0x00190010, 'LO', 'SIEMENS MR HEADER'),
      element(0x0019100c, 'IS', '1000'),
      element(0x0019100d, 'CS', 'DIRECTIONAL'),
      element(0x00191027, 'LO', 'a text where numbers belong'),
      element(0x00290010, 'LO', 'SIEMENS CSA HEADER'),
      element(0x00291010, 'OB', 'PLANTED'),
      element(0x00210011, 'LO', 'SIEMENS MR HEADER'),
      element(0x0021110c, 'IS', '7'),
    ]);
    const kept = (options: readonly string[]) =>
      deidentifyFile(file, { profile: createProfile(options), pseudonyms, pixelsCleaned: false })
        .file.dataset.map(({ tag }) => tag)
        .filter((tag) => ((tag >>> 16) & 1) === 1);
    expect(kept(['retain-safe-private'])).toEqual([0x00190010, 0x0019100c]);
    expect(kept([])).toEqual([]);
  });

  test.each([...REFUSED_OPTIONS.keys(), 'no-such-option'])('%s is refused by name', (option) => {
    expect(() => createProfile([option])).toThrow(
      expect.toSatisfy((error) => isConsiliumError(error, 'data/option-refused')),
    );
  });

  test('retain-full-dates contradicts retain-modified-dates', () => {
    const both = ['retain-full-dates', 'retain-modified-dates'];
    expect(() => createProfile(both)).toThrow(
      expect.toSatisfy((error) => isConsiliumError(error, 'data/option-refused')),
    );
  });
});
