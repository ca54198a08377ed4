import { isPrivate } from './dicom-dictionary.ts';
import { type DicomDataset, type DicomElement, decodedText } from './dicom-element.ts';

/**
 * By creator: groups and last bytes of private elements that hold a number about the acquisition and nothing else. From PS3.15,
 * Table E.3.10-1, those that are numbers: whatever a device writes into them, no name can be in it.
 */
const SAFE: Readonly<Record<string, readonly number[]>> = {
  ELSCINT1: [0x00e121, 0x00e150, 0x01f107, 0x01f126, 0x01f127],
  GEMS_ACQU_01: [0x001923, 0x001924, 0x001927],
  GEMS_HELIOS_01: [0x004501, 0x004502],
  GEMS_PARM_01: [0x00436f],
  GEMS_SERS_01: [0x002507],
  'Philips Imaging DD 001': [0x200103],
  'Philips PET Private Group': [0x705300, 0x705309],
  'SIEMENS MR HEADER': [0x00190c, 0x00190e, 0x001927],
};

const NUMBERS = new Set(['DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'UL', 'US']);

/** The tags of safe private elements of a data set, and of the creators that their meaning hangs on (PS3.5, 7.8.1). */
export function safePrivateTags(dataset: DicomDataset): ReadonlySet<number> {
  const creators = new Map(dataset.filter(isCreator).map((element) => [element.tag, nameIn(element)]));
  const found = new Set<number>();
  for (const { tag, vr } of dataset) {
    const creator = creatorOf(tag);
    const safe = SAFE[creators.get(creator) ?? ''];
    if (!NUMBERS.has(vr) || safe?.includes((tag >>> 16) * 0x100 + (tag & 0xff)) !== true) continue;
    found.add(tag).add(creator);
  }
  return found;
}

/** Elements 0010 to 00FF of a private group reserve its blocks. */
function isCreator({ tag, vr }: DicomElement): boolean {
  const element = tag & 0xffff;
  return isPrivate(tag) && vr === 'LO' && element >= 0x10 && element <= 0xff;
}

/** The tag of the creator that reserved the block of a private element. */
function creatorOf(tag: number): number {
  return (tag >>> 16) * 0x10000 + ((tag & 0xffff) >>> 8);
}

function nameIn({ value }: DicomElement): string {
  return value.kind === 'bytes' ? decodedText(value.bytes).trim() : '';
}
