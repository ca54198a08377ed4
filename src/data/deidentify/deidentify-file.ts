import { createHash } from 'node:crypto';
import { DataError } from '../data-error.ts';
import { deidentifyDataset, type Rules } from './deidentify-dataset.ts';
import {
  type DicomDataset,
  type DicomFile,
  EXPLICIT_SYNTAX,
  IMPLICIT_SYNTAX,
  textOf,
  textValue,
} from './dicom-element.ts';
import { identifyingWords, isInFragments, withoutWords } from './identifying-words.ts';
import { withMarkers } from './marker-attributes.ts';
import type { Action, Profile } from './profile.ts';
import type { Pseudonyms } from './pseudonyms.ts';

const MEDIA_CLASS = 0x00020002;
const TRANSFER_SYNTAX = 0x00020010;
const SOP_CLASS = 0x00080016;
const SOP_INSTANCE = 0x00080018;
const STUDY = 0x0020000d;
const PATIENT_NAME = 0x00100010;
const PATIENT_ID = 0x00100020;
const BIRTH_DATE = 0x00100030;
const MEDIA_DIRECTORY = '1.2.840.10008.1.3.10';
/** Ours, below 2.25 as a UUID of our own (PS3.5, B.2). */
const IMPLEMENTATION_UID = '2.25.110426018530867134186254637112407541653';
const IMPLEMENTATION_NAME = 'CONSILIUM';

export interface DeidentifyOptions {
  readonly profile: Profile;
  readonly pseudonyms: Pseudonyms;
  /** The pixels were looked at, and what text was found in them was blanked. */
  readonly pixelsCleaned: boolean;
}

/** Who the patient is, for the look-up table only. */
export interface PatientEntry {
  readonly pseudonym: string;
  readonly patientId: string;
  readonly patientName: string;
  readonly birthDate: string;
}

export interface DeidentifiedFile {
  readonly file: DicomFile;
  readonly patient: PatientEntry;
  /** The replacement of the object's UID. */
  readonly instance: string;
  /** How often each attribute met which action: tag and action, for instance `00100010 empty`. */
  readonly actions: ReadonlyMap<string, number>;
}

/**
 * De-identifies the header of a file by the Basic Profile and the chosen options (DICOM PS3.15, Annex E). Pixel data are
 * passed through; see `cleanPixels`.
 * @throws DataError `data/not-deidentifiable` for the directory of a medium, and for compressed pixels that hold a name of the patient
 */
export function deidentifyFile(file: DicomFile, options: DeidentifyOptions): DeidentifiedFile {
  const { dataset, layout } = file;
  const words = identifyingWords(dataset);
  refuseWhatStays(file, words);
  const { actions, note } = createActionCount();
  const rules: Rules = { ...options, identity: identityOf(dataset), note };
  const swept = withoutWords(deidentifyDataset(dataset, rules), words, (tag) => note(tag, 'remove'));
  const instance = options.pseudonyms.uid(textOf(dataset, SOP_INSTANCE) || digestOf(dataset));
  const marked = withMarkers(swept, { ...options, layout });
  const meta = newMeta(file, textOf(marked, SOP_INSTANCE) || instance);
  return { file: { meta, dataset: marked, layout }, patient: patientOf(dataset, rules), instance, actions };
}

/** What no action on attributes reaches. */
function refuseWhatStays(file: DicomFile, words: ReadonlySet<string>): void {
  if (sopClassOf(file) === MEDIA_DIRECTORY) {
    throw refusal('it is the directory of a medium, which the profile does not reach; leave it out');
  }
  if (isInFragments(file.dataset, words)) {
    throw refusal('its compressed pixels hold a name or number of the patient; decompress it');
  }
}

function refusal(message: string): DataError {
  return new DataError('data/not-deidentifiable', message);
}

function sopClassOf({ dataset, meta }: DicomFile): string {
  return textOf(dataset, SOP_CLASS) || textOf(meta, MEDIA_CLASS);
}

function createActionCount(): { actions: Map<string, number>; note: Rules['note'] } {
  const actions = new Map<string, number>();
  const note = (tag: number, action: Action): void => {
    const key = `${tag.toString(16).padStart(8, '0')} ${action}`;
    actions.set(key, (actions.get(key) ?? 0) + 1);
  };
  return { actions, note };
}

/** What dates and pseudonym hang on: the patient's number, else name and birth date, else the study. */
function identityOf(dataset: DicomDataset): string {
  const id = textOf(dataset, PATIENT_ID).trim();
  if (id !== '') return `id\0${id}`;
  const name = textOf(dataset, PATIENT_NAME).trim();
  return name === '' ? `study\0${textOf(dataset, STUDY)}` : `name\0${name}\0${textOf(dataset, BIRTH_DATE)}`;
}

function patientOf(dataset: DicomDataset, { pseudonyms, identity }: Rules): PatientEntry {
  return {
    pseudonym: pseudonyms.patient(identity),
    patientId: textOf(dataset, PATIENT_ID),
    patientName: textOf(dataset, PATIENT_NAME),
    birthDate: textOf(dataset, BIRTH_DATE),
  };
}

/** An object without a UID is known by what it holds. */
function digestOf(dataset: DicomDataset): string {
  const hash = createHash('sha256');
  for (const { tag, value } of dataset) {
    hash.update(`${tag}\0`);
    if (value.kind !== 'items') hash.update(value.bytes);
  }
  return hash.digest('hex');
}

/** A meta group of our own: nothing of the old one but class and transfer syntax is taken over. */
function newMeta(file: DicomFile, instance: string): DicomDataset {
  const { meta, layout } = file;
  const plainSyntax = layout.explicit ? EXPLICIT_SYNTAX : IMPLICIT_SYNTAX;
  const uid = (tag: number, text: string) => ({ tag, vr: 'UI', value: textValue(text) });
  return [
    { tag: 0x00020001, vr: 'OB', value: { kind: 'bytes', bytes: Uint8Array.of(0, 1) } },
    uid(MEDIA_CLASS, sopClassOf(file)),
    uid(0x00020003, instance),
    uid(TRANSFER_SYNTAX, textOf(meta, TRANSFER_SYNTAX) || (layout.littleEndian ? plainSyntax : '1.2.840.10008.1.2.2')),
    uid(0x00020012, IMPLEMENTATION_UID),
    { tag: 0x00020013, vr: 'SH', value: textValue(IMPLEMENTATION_NAME) },
  ];
}
