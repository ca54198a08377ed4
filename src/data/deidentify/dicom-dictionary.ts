import { dictionary } from 'dcmjs/dictionary';
import { printedTag } from './dicom-element.ts';

/** Overlays and curves repeat in every second group from these on (PS3.5, 7.6). */
const OVERLAYS = 0x60;
const CURVES = 0x50;

/** The value representation of a tag (PS3.6); `UN` for private and unknown ones, `OW` where several are allowed. */
export function representationOf(tag: number): string {
  if ((tag & 0xffff) === 0) return 'UL';
  const vr = isPrivate(tag) ? undefined : entryOf(tag)?.vr;
  if (vr === undefined) return 'UN';
  return /^[A-Z]{2}$/.test(vr) ? vr : 'OW';
}

/** True of what the standard defines. */
export function isStandardTag(tag: number): boolean {
  return !isPrivate(tag) && entryOf(tag) !== undefined;
}

/** True of odd groups, which anybody may fill with anything. */
export function isPrivate(tag: number): boolean {
  return ((tag >>> 16) & 1) === 1;
}

/** True of curves and overlays. */
export function isRepeating(tag: number): boolean {
  return [OVERLAYS, CURVES].includes(tag >>> 24);
}

function entryOf(tag: number) {
  const printed = printedTag(tag);
  return (
    dictionary[printed] ?? (isRepeating(tag) ? dictionary[`${printed.slice(0, 3)}xx${printed.slice(5)}`] : undefined)
  );
}
