import {
  type DicomDataset,
  type DicomElement,
  type DicomFile,
  EXPLICIT_LITTLE_ENDIAN,
  EXPLICIT_SYNTAX,
  textValue,
} from '../../../src/data/deidentify/dicom-element.ts';

/** An element with a text, or the items of a sequence. */
export function element(tag: number, vr: string, content: string | readonly DicomDataset[]): DicomElement {
  if (typeof content === 'string') return { tag, vr, value: textValue(content) };
  return { tag, vr, value: { kind: 'items', items: content, layout: EXPLICIT_LITTLE_ENDIAN } };
}

/** An explicit little-endian file around a data set, in order of tags. */
export function dicomFile(dataset: DicomDataset): DicomFile {
  const meta = [element(0x00020002, 'UI', '1.2.840.10008.5.1.4.1.1.2'), element(0x00020010, 'UI', EXPLICIT_SYNTAX)];
  return { meta, dataset: dataset.toSorted((a, b) => a.tag - b.tag), layout: EXPLICIT_LITTLE_ENDIAN };
}

/** All elements of a data set, those within sequences too. */
export function allElements(dataset: DicomDataset): DicomElement[] {
  return dataset.flatMap((each) => [
    each,
    ...(each.value.kind === 'items' ? each.value.items.flatMap(allElements) : []),
  ]);
}

/** The elements with a tag, at any depth. */
export function withTag(dataset: DicomDataset, tag: number): DicomElement[] {
  return allElements(dataset).filter((each) => each.tag === tag);
}
