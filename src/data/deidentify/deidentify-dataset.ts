import { cleanText } from './clean-text.ts';
import { isPrivate, isStandardTag } from './dicom-dictionary.ts';
import { type DicomDataset, type DicomElement, type DicomValue, decodedText, textValue } from './dicom-element.ts';
import { dummyValue } from './dummy-value.ts';
import { type Action, actionFor, basicAction, type Profile } from './profile.ts';
import { type ProfileAttribute, profileAttribute } from './profile-table.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { safePrivateTags } from './safe-private.ts';
import { shiftDate } from './shift-date.ts';

/** What one patient's data sets are de-identified by. */
export interface Rules {
  readonly profile: Profile;
  readonly pseudonyms: Pseudonyms;
  /** What the patient is known by; pseudonym and shift of dates follow from it. */
  readonly identity: string;
  /** Called once for every attribute that the table names, nested ones included. */
  note(tag: number, action: Action): void;
}

const PATIENT_NAME = 0x00100010;
const PATIENT_ID = 0x00100020;
const PATIENT_AGE = 0x00101010;
/** HIPAA's safe harbour counts ages above 89 years as identifying (45 CFR 164.514(b)(2)(i)(C)). */
const OLDEST_AGE_YEARS = 89;
/** UIDs below the standard's own root name classes and syntaxes, never patients' objects. */
const STANDARD_UIDS = '1.2.840.10008.';
const TEXTS = new Set(['AE', 'CS', 'LO', 'LT', 'SH', 'ST', 'UC', 'UT']);

/**
 * Applies the profile to every attribute, in sequences too (DICOM PS3.15, E.1.1). Private attributes but those that an option keeps, attributes that the
 * standard does not know and group lengths are removed; what the table does not name is kept.
 */
export function deidentifyDataset(dataset: DicomDataset, rules: Rules): DicomDataset {
  const safe = rules.profile.has('retain-safe-private') ? safePrivateTags(dataset) : new Set<number>();
  return dataset.flatMap((element) => {
    if (isPrivate(element.tag)) return safe.has(element.tag) ? kept(element, rules) : removed(element, rules);
    const attribute = profileAttribute(element.tag);
    const isGroupLength = (element.tag & 0xffff) === 0;
    if (attribute === undefined) {
      return isGroupLength || !isStandardTag(element.tag) ? removed(element, rules) : kept(element, rules);
    }
    const known = element.vr === 'UN' ? { ...element, vr: attribute.vr } : element;
    const action = actionFor(attribute, rules.profile);
    rules.note(element.tag, action);
    if (isPatient(element.tag)) return [{ ...element, value: textValue(rules.pseudonyms.patient(rules.identity)) }];
    return apply(action, known, { attribute, rules }).map((result) => ({ ...result, vr: element.vr }));
  });
}

/** Name and number of the patient, which the profile empties or replaces by a dummy, become the pseudonym. */
function isPatient(tag: number): boolean {
  return tag === PATIENT_NAME || tag === PATIENT_ID;
}

interface Context {
  readonly attribute: ProfileAttribute;
  readonly rules: Rules;
}

function removed(element: DicomElement, rules: Rules): DicomElement[] {
  rules.note(element.tag, 'remove');
  return [];
}

function apply(action: Action, element: DicomElement, context: Context): DicomElement[] {
  switch (action) {
    case 'remove':
      return [];
    case 'keep':
      return kept(element, context.rules);
    case 'empty':
      return [{ ...element, value: emptied(element) }];
    case 'dummy':
      return [{ ...element, value: dummied(element, context.rules) }];
    case 'replace':
      return [{ ...element, value: replaced(element, context.rules) }];
    case 'clean':
      return cleaned(element, context);
  }
}

function kept(element: DicomElement, rules: Rules): DicomElement[] {
  if (element.tag === PATIENT_AGE) return [{ ...element, value: cappedAge(element.value) }];
  return [{ ...element, value: mapItems(element.value, (item) => deidentifyDataset(item, rules)) }];
}

function cappedAge(value: DicomValue): DicomValue {
  const years = value.kind === 'bytes' ? Number(/^(\d{3})Y/.exec(decodedText(value.bytes))?.[1] ?? 0) : 0;
  return years > OLDEST_AGE_YEARS ? textValue('090Y') : value;
}

function emptied({ value }: DicomElement): DicomValue {
  return value.kind === 'items' ? { ...value, items: [] } : { kind: 'bytes', bytes: new Uint8Array() };
}

function dummied({ vr, value }: DicomElement, rules: Rules): DicomValue {
  if (value.kind === 'items') return mapItems(value, (item) => dummyItem(deidentifyDataset(item, rules), rules));
  return vr === 'UI' ? replacedUids(value, rules) : { kind: 'bytes', bytes: dummyValue(vr, value.bytes) };
}

/** Nothing of the original is left in an item that a dummy stands for, whether the table names it or not. */
function dummyItem(item: DicomDataset, rules: Rules): DicomDataset {
  return item.map((element) => (element.vr === 'UI' ? element : { ...element, value: dummied(element, rules) }));
}

function replaced({ vr, value }: DicomElement, rules: Rules): DicomValue {
  if (value.kind === 'items') return mapItems(value, (item) => deidentifyDataset(item, rules));
  return vr === 'UI' ? replacedUids(value, rules) : { kind: 'bytes', bytes: dummyValue(vr, value.bytes) };
}

function replacedUids({ bytes }: Exclude<DicomValue, { kind: 'items' }>, { pseudonyms }: Rules): DicomValue {
  const uids = decodedText(bytes).split('\\');
  const replace = (uid: string): string => (uid === '' || uid.startsWith(STANDARD_UIDS) ? uid : pseudonyms.uid(uid));
  return textValue(uids.map((uid) => replace(uid.trim())).join('\\'));
}

/** Where nothing is left of a value, or it is none that can be cleaned, the Basic Profile's action is taken. */
function cleaned(element: DicomElement, context: Context): DicomElement[] {
  const text =
    element.value.kind === 'bytes' ? cleanedText(element.vr, decodedText(element.value.bytes), context.rules) : '';
  if (text === '') return apply(basicAction(context.attribute), element, context);
  return [{ ...element, value: textValue(text) }];
}

/** Dates go back by the patient's days and times stay, as the option for modified dates asks; texts keep harmless words. */
function cleanedText(vr: string, text: string, { pseudonyms, identity }: Rules): string {
  if (vr === 'TM') return /^[\d:.\\ -]*$/.test(text) ? text : '';
  if (vr === 'DA' || vr === 'DT') {
    const shifted = text.split('\\').map((date) => shiftDate(date.trim(), pseudonyms.daysBack(identity)));
    return shifted.includes(undefined) ? '' : shifted.join('\\');
  }
  return TEXTS.has(vr) ? cleanText(text) : '';
}

function mapItems(value: DicomValue, change: (item: DicomDataset) => DicomDataset): DicomValue {
  return value.kind === 'items' ? { ...value, items: value.items.map(change) } : value;
}
