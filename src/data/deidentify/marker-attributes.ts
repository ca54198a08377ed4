import { type DicomDataset, type DicomElement, type Layout, textValue } from './dicom-element.ts';
import type { Profile } from './profile.ts';
import type { AttributeOption } from './profile-table.ts';

const PATIENT_IDENTITY_REMOVED = 0x00120062;
const METHOD = 0x00120063;
const METHOD_CODES = 0x00120064;
const BURNED_IN_ANNOTATION = 0x00280301;
const TEMPORAL_INFORMATION = 0x00280303;
const CODE_VALUE = 0x00080100;
const CODING_SCHEME = 0x00080102;
const CODE_MEANING = 0x00080104;

type Code = readonly [value: string, meaning: string];

/** PS3.16, CID 7050, De-identification Method. */
const BASIC_PROFILE: Code = ['113100', 'Basic Application Confidentiality Profile'];
const CLEAN_PIXEL_DATA: Code = ['113101', 'Clean Pixel Data Option'];
const OPTION_CODES: Readonly<Partial<Record<AttributeOption, Code>>> = {
  'clean-descriptors': ['113105', 'Clean Descriptors Option'],
  'retain-full-dates': ['113106', 'Retain Longitudinal Temporal Information Full Dates Option'],
  'retain-modified-dates': ['113107', 'Retain Longitudinal Temporal Information Modified Dates Option'],
  'retain-patient-characteristics': ['113108', 'Retain Patient Characteristics Option'],
  'retain-device-identity': ['113109', 'Retain Device Identity Option'],
  'retain-uids': ['113110', 'Retain UIDs Option'],
  'retain-safe-private': ['113111', 'Retain Safe Private Option'],
  'retain-institution-identity': ['113112', 'Retain Institution Identity Option'],
};

/** What was done, as the data set itself must state it (PS3.15, E.1.1 and E.3). */
export interface Treatment {
  readonly profile: Profile;
  /** The pixels were looked at, and what text was found in them was blanked. */
  readonly pixelsCleaned: boolean;
  readonly layout: Layout;
}

/** The data set with the attributes that state how it was de-identified, in order of tags. */
export function withMarkers(dataset: DicomDataset, treatment: Treatment): DicomDataset {
  const markers = markerAttributes(treatment);
  const tags = new Set(markers.map(({ tag }) => tag));
  return [...dataset.filter(({ tag }) => !tags.has(tag)), ...markers].sort((a, b) => a.tag - b.tag);
}

function markerAttributes({ profile, pixelsCleaned, layout }: Treatment): DicomElement[] {
  const options = [...profile].flatMap((option) => (OPTION_CODES[option] === undefined ? [] : [OPTION_CODES[option]]));
  const codes = [BASIC_PROFILE, ...(pixelsCleaned ? [CLEAN_PIXEL_DATA] : []), ...options];
  return [
    text(PATIENT_IDENTITY_REMOVED, 'CS', 'YES'),
    text(METHOD, 'LO', ['Consilium', 'DICOM PS3.15 Annex E', ...codes.map(([, meaning]) => meaning)].join('\\')),
    { tag: METHOD_CODES, vr: 'SQ', value: { kind: 'items', items: codes.map(codeItem), layout } },
    text(TEMPORAL_INFORMATION, 'CS', temporalInformation(profile)),
    ...(pixelsCleaned ? [text(BURNED_IN_ANNOTATION, 'CS', 'NO')] : []),
  ];
}

function temporalInformation(profile: Profile): string {
  if (profile.has('retain-full-dates')) return 'UNMODIFIED';
  return profile.has('retain-modified-dates') ? 'MODIFIED' : 'REMOVED';
}

function codeItem([value, meaning]: Code): DicomDataset {
  return [text(CODE_VALUE, 'SH', value), text(CODING_SCHEME, 'SH', 'DCM'), text(CODE_MEANING, 'LO', meaning)];
}

function text(tag: number, vr: string, value: string): DicomElement {
  return { tag, vr, value: textValue(value) };
}
