import { readFileSync } from 'node:fs';
import type { DicomDataset } from '../../src/data/deidentify/dicom-element.ts';
import { readDicom } from '../../src/data/deidentify/read-dicom.ts';
import { writeDicom } from '../../src/data/deidentify/write-dicom.ts';
import { element } from '../data/deidentify/dicom-builder.ts';

/** Kind of attribute, its tag and representation, and what is planted there. */
const ATTRIBUTES: readonly (readonly [kind: string, tag: number, vr: string, text: string])[] = [
  ["patient's name", 0x00100010, 'PN', 'Zwiebelmann^Isolde^Maria'],
  ["patient's number", 0x00100020, 'LO', 'MRN-77120943'],
  ['other numbers', 0x00101000, 'LO', 'ALT-55093172'],
  ['other names', 0x00101001, 'PN', 'Quittenbaum^Isolde'],
  ['birth name', 0x00101005, 'PN', 'Pfefferkorn^Isolde'],
  ["mother's name", 0x00101060, 'PN', 'Hagebutte^Rosalia'],
  ['birth date', 0x00100030, 'DA', '19430217'],
  ['address', 0x00101040, 'LO', 'Lindenstrasse 4711 Moelln'],
  ['telephone', 0x00102154, 'SH', '+49-4542-998877'],
  ['occupation', 0x00102180, 'SH', 'Glockengiesserin'],
  ['religion', 0x001021f0, 'LO', 'Mennonitengemeinde'],
  ['comments on the patient', 0x00104000, 'LT', 'Tochter ruft montags an'],
  ['history', 0x001021b0, 'LT', 'Sturz vom Kirschbaum'],
  ['accession number', 0x00080050, 'SH', 'ACC-20318857'],
  ['institution', 0x00080080, 'LO', 'Kreiskrankenhaus Wolkenstein'],
  ['address of the institution', 0x00080081, 'ST', 'Am Burgwall 12 Wolkenstein'],
  ['department', 0x00081040, 'LO', 'Abteilung Nordfluegel'],
  ['station', 0x00081010, 'SH', 'CT-KELLER-WEST'],
  ['referring physician', 0x00080090, 'PN', 'Wacholder^Benedikt^^Dr'],
  ['performing physician', 0x00081050, 'PN', 'Holunder^Friederike'],
  ['reading physician', 0x00081060, 'PN', 'Schlehdorn^Korbinian'],
  ['operator', 0x00081070, 'PN', 'Brombeer^Leopold'],
  ['requesting physician', 0x00321032, 'PN', 'Sanddorn^Theodora'],
  ['description of the study', 0x00081030, 'LO', 'Kontrolle nach Zwetschgensturz'],
  ['description of the series', 0x0008103e, 'LO', 'Serie fuer Chefvisite'],
  ['protocol', 0x00181030, 'LO', 'Protokoll Hausmarke'],
  ['comments on the image', 0x00204000, 'LT', 'Bitte an Hausarzt faxen'],
  ['serial number of the device', 0x00181000, 'LO', 'SN-GX-8841023'],
  ['name of the device, holding that of the patient', 0x00081090, 'LO', 'Scanner Zwiebelmann'],
  ["study's number", 0x00200010, 'SH', 'STUDY-663120'],
  ['UID of the study', 0x0020000d, 'UI', '1.2.276.0.7230010.3.1.2.8323329'],
  ['UID of the series', 0x0020000e, 'UI', '1.2.276.0.7230010.3.1.3.4471108'],
  ['UID of the object', 0x00080018, 'UI', '1.2.276.0.7230010.3.1.4.9920137'],
  ['UID of the frame of reference', 0x00200052, 'UI', '1.2.276.0.7230010.3.1.5.5510923'],
  ['date and time', 0x0008002a, 'DT', '20190314152617.535897'],
  ['AE title', 0x00080055, 'AE', 'PACS_KELLER_7'],
  ['private creator', 0x00090010, 'LO', 'HAUSGEMACHT 1.0'],
  ['private element', 0x00091001, 'LO', 'Zimmer 214 Fensterplatz'],
  ['comments in an overlay', 0x60004000, 'LT', 'Overlay Notizzettel'],
  ['unknown element', 0x0008fff1, 'LO', 'Unbekanntes Feld 99'],
];

/** Plants that are no attributes at the top of a data set. */
const ELSEWHERE = {
  'code in a sequence of requests': 'Auftragsnummer 8812-X',
  'name in a nested sequence': 'Nachtschatten^Elfriede',
  'private element in a sequence': 'Verschachteltes Geheimnis',
  'AE title of the sender': 'SENDER_KELLER',
  preamble: 'Vorspann Zettelkasten',
  'padding behind the data set': 'Nachspann Zettelkasten',
  'file name': 'Zwiebelmann-Isolde-CT',
  'folder name': 'Patientin Zwiebelmann 1943',
  'name of an NPZ member': 'Zwiebelmann_notizen',
} as const;

/** Everything that is planted, by kind. */
export const PLANTED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(ATTRIBUTES.map(([kind, , , text]) => [kind, text])),
  'family name alone': 'Zwiebelmann',
  ...ELSEWHERE,
};

/** A real file with all of it planted. */
export function plantedFile(path: string): Uint8Array {
  const file = readDicom(readFileSync(path));
  const planted: DicomDataset = [
    ...ATTRIBUTES.map(([, tag, vr, text]) => element(tag, vr, text)),
    element(0x00400275, 'SQ', [[element(0x00401001, 'SH', ELSEWHERE['code in a sequence of requests'])]]),
    element(0x00082228, 'SQ', [[element(0x00082229, 'SQ', [nestedItem()])]]),
    element(0xfffcfffc, 'OB', ELSEWHERE['padding behind the data set']),
  ];
  const tags = new Set(planted.map(({ tag }) => tag));
  const dataset = [...file.dataset.filter(({ tag }) => !tags.has(tag)), ...planted].sort((a, b) => a.tag - b.tag);
  const meta = [...file.meta, element(0x00020016, 'AE', ELSEWHERE['AE title of the sender'])].sort(
    (a, b) => a.tag - b.tag,
  );
  const bytes = Buffer.from(writeDicom({ ...file, meta, dataset }));
  bytes.write(ELSEWHERE.preamble, 0);
  return bytes;
}

function nestedItem(): DicomDataset {
  return [
    element(0x00100010, 'PN', ELSEWHERE['name in a nested sequence']),
    element(0x00110010, 'LO', 'HAUSGEMACHT 1.0'),
    element(0x00111001, 'LO', ELSEWHERE['private element in a sequence']),
  ];
}
