import { DataError } from '../data-error.ts';

/** A tag as DICOM writes it, with or without punctuation: (0008,103e), 0008103E, x0008103e. */
const TAG = /^\(?x?([0-9a-f]{4}),?([0-9a-f]{4})\)?$/i;
/** Group 0010 is about the patient; of it only what is no identifier may be a class: sex, age, size, weight, ethnic group, smoking. */
const PATIENT_TAGS = ['00100040', '00101010', '00101020', '00101030', '00102160', '001021a0'];
/** Identifiers of study, series and image, times, and names of persons and places. */
const IDENTIFYING =
  /^(0002....|0008(0014|0018|0050|008[01]|0090|0092|0094|1010|1040|1048|1050|1060|1070|1155)|0020000[de]|00200010|0008..(1[2-5]|2[0-9a]|3[0-5]))$/;

/**
 * The DICOM tag whose value is to be the label. Class names are told to the other members of a study, so tags that identify
 * a person are refused.
 * @returns eight lower-case hexadecimal digits
 * @throws DataError `data/bad-option`
 */
export function parseLabelTag(written: string): string {
  const [, group, element] = TAG.exec(written.trim()) ?? [];
  if (!group || !element) throw badOption(`${written} is no DICOM tag; write it as (0008,103e)`);
  const tag = (group + element).toLowerCase();
  const isIdentifying = IDENTIFYING.test(tag) || (group === '0010' && !PATIENT_TAGS.includes(tag));
  if (isIdentifying || Number.parseInt(group, 16) % 2 === 1) {
    throw badOption(
      `(${group},${element}) may identify a person, and labels are told to others; take another tag or a CSV`,
    );
  }
  return tag;
}

function badOption(message: string): DataError {
  return new DataError('data/bad-option', `label tag: ${message}`);
}
