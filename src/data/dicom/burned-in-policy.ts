import { fileError } from '../data-error.ts';
import { blankRegions } from '../deidentify/blank-regions.ts';
import { findBurnedInText } from '../deidentify/find-burned-in-text.ts';
import type { UnitImage } from '../images/image-file.ts';
import type { ReadingOptions } from '../images/reading-options.ts';
import { text } from './dicom-values.ts';
import { type OpenDicom, offsetOf } from './open-dicom.ts';

/** Ultrasound, secondary capture, documents and what has no modality often come with a caption in the picture. */
const SUSPICIOUS = ['US', 'SC', 'OT', 'DOC', 'XC', 'ES'];

/**
 * Deals with text in the pixels before they are let out. Under `refuse` a file that admits such text, or a suspicious one in which
 * some is found, is not read; under `blank` all found text becomes black, in place, and a file that admits text of which none is found is not read.
 * @throws DataError `data/burned-in`
 */
export function applyBurnedInPolicy(file: OpenDicom, image: UnitImage, policy: ReadingOptions['burnedIn']): void {
  if (policy === 'ignore') return;
  const stated = text(file, 0x00280301);
  const isSuspicious = stated !== 'NO' && SUSPICIOUS.includes(text(file, 0x00080060) ?? 'OT');
  if (stated !== 'YES' && !isSuspicious) return;
  if (policy === 'refuse' && stated === 'YES') throw refused(file, 'states that text is burned into its pixels');
  const regions = findBurnedInText(image);
  if (policy === 'blank' && stated === 'YES' && regions.length === 0) {
    throw refused(file, 'states that text is burned into its pixels, but none is found');
  }
  if (policy === 'blank') blankRegions(image, regions, 0);
  else if (regions.length > 0) throw refused(file, `seems to have text in its pixels (${regions.length} lines)`);
}

function refused(file: OpenDicom, reason: string) {
  const remedy = 'look at it, then read with the policy blank, or ignore if there is nothing in it';
  return fileError('data/burned-in', file.path, {
    reason,
    remedy,
    offset: offsetOf(file, 0x00280301),
  });
}
