import { type DicomDataset, type DicomElement, decodedText } from './dicom-element.ts';

/** Numbers that stand for the patient, the visit or the order: PS3.3, C.2.2, C.7.1.1, C.7.2.1, C.3.2.1, C.4.11. */
const IDENTIFIERS = new Set([
  0x00100020, 0x00101000, 0x00101002, 0x00080050, 0x00380010, 0x00401001, 0x00402016, 0x00402017,
]);
const MIN_NAME_LETTERS = 3;
const MIN_IDENTIFIER_CHARACTERS = 4;
/** Shorter ones turn up by chance among compressed pixels. */
const MIN_CHARACTERS_IN_FRAGMENTS = 6;
/** Representations that hold text, and those that may hold anything. */
const SWEPT = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UN', 'UR', 'UT']);

/**
 * Parts of all persons' names and all identifiers in a data set, to be looked for where they do not belong: a name typed into
 * a field for the device, say.
 */
export function identifyingWords(dataset: DicomDataset): ReadonlySet<string> {
  const words = new Set<string>();
  for (const element of dataset) {
    if (element.value.kind === 'items')
      for (const item of element.value.items) for (const word of identifyingWords(item)) words.add(word);
    if (element.value.kind === 'bytes') for (const word of wordsIn(element, element.value.bytes)) words.add(word);
  }
  return words;
}

function wordsIn({ tag, vr }: DicomElement, bytes: Uint8Array): string[] {
  if (vr === 'PN')
    return decodedText(bytes)
      .split(/[\\^=,. ]+/)
      .filter(({ length }) => length >= MIN_NAME_LETTERS);
  const values = IDENTIFIERS.has(tag)
    ? decodedText(bytes)
        .split('\\')
        .map((value) => value.trim())
    : [];
  return values.filter(({ length }) => length >= MIN_IDENTIFIER_CHARACTERS);
}

/** The data set without texts that hold one of the words, whole and in whatever case. */
export function withoutWords(
  dataset: DicomDataset,
  words: ReadonlySet<string>,
  note: (tag: number) => void,
): DicomDataset {
  if (words.size === 0) return dataset;
  const alternatives = [...words].map(literally).join('|');
  return sweep(dataset, new RegExp(`(?<![A-Za-z0-9])(?:${alternatives})(?![A-Za-z0-9])`, 'i'), note);
}

/** True if compressed pixels hold one of the longer words, as a comment in a codestream may. */
export function isInFragments(dataset: DicomDataset, words: ReadonlySet<string>): boolean {
  const telling = [...words].filter(({ length }) => length >= MIN_CHARACTERS_IN_FRAGMENTS).map(literally);
  if (telling.length === 0) return false;
  const pattern = new RegExp(telling.join('|'), 'i');
  return dataset.some(({ value }) => value.kind === 'fragments' && pattern.test(decodedText(value.bytes)));
}

/** A pattern that matches these characters and nothing else; identifiers are taken as they are. */
function literally(word: string): string {
  return word.replaceAll(/[^A-Za-z0-9]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function sweep(dataset: DicomDataset, pattern: RegExp, note: (tag: number) => void): DicomDataset {
  return dataset.flatMap((element) => {
    const { tag, vr, value } = element;
    if (value.kind === 'items') {
      return [{ ...element, value: { ...value, items: value.items.map((item) => sweep(item, pattern, note)) } }];
    }
    if (value.kind === 'fragments' || !SWEPT.has(vr) || !pattern.test(decodedText(value.bytes))) return [element];
    note(tag);
    return [];
  });
}
