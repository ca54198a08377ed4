/** Writes docs/DICOM-CONFORMANCE.md from the table that de-identification works by; with --check it only says whether it is fresh. */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  type Action,
  actionFor,
  createProfile,
  offeredOptions,
  REFUSED_OPTIONS,
} from '../src/data/deidentify/profile.ts';
import { type ProfileAttribute, profileAttributes } from '../src/data/deidentify/profile-table.ts';

const TARGET = new URL('../docs/DICOM-CONFORMANCE.md', import.meta.url);
const LETTERS: Readonly<Record<Action, string>> = {
  remove: 'X',
  empty: 'Z',
  dummy: 'D',
  replace: 'U',
  keep: 'K',
  clean: 'C',
};
/** Name and number of the patient become the pseudonym, which no letter of the table says. */
const PSEUDONYMS = new Set(['00100010', '00100020']);

function letterOf(attribute: ProfileAttribute, options: readonly string[]): string {
  if (PSEUDONYMS.has(attribute.pattern)) return 'D';
  return LETTERS[actionFor(attribute, createProfile(options))];
}

function rowOf(attribute: ProfileAttribute): string {
  const { pattern, name, basic } = attribute;
  const digits = pattern.toUpperCase().replaceAll('X', 'x');
  const tag = pattern === 'private' ? '(odd,any)' : `(${digits.slice(0, 4)},${digits.slice(4)})`;
  const done = letterOf(attribute, []);
  const options = offeredOptions().map((option) => {
    const letter = letterOf(attribute, [option]);
    return attribute.options.has(option) && !PSEUDONYMS.has(pattern) ? letter : '';
  });
  return `| ${[name, tag, basic, done, ...options].join(' | ')} |`;
}

const header = ['attribute', 'tag', 'PS3.15', 'done', ...offeredOptions()];
const text = `# DICOM conformance: de-identification

What \`consilium data deidentify\` does with each attribute, in the form of PS3.2, Table N.11-6: the Basic Application Level Confidentiality
Profile of PS3.15, Annex E, and the options that can be chosen with \`--profile\`. This page is generated from the table that the program works
by: \`npm run deid-conformance\`.

| letter | what is done |
| ------ | ------------ |
| X | removed |
| Z | emptied; a sequence has no item left |
| D | replaced by a valid dummy: text \`REMOVED\`, dates 19000101, numbers and bytes zero, UIDs as U; in a sequence every value is one. Patient's Name and Patient ID become a keyed pseudonym |
| U | UIDs replaced by keyed ones below 2.25, the same in all files and runs with one look-up table; UIDs below 1.2.840.10008 stay; sequences are kept and treated within |
| K | kept; sequences are treated within; ages above 89 years become 90 |
| C | cleaned: dates set back by the patient's number of days, times kept; texts reduced to a fixed list of body parts, planes and techniques. Where nothing is left, or the value is of another kind, the action under "done" |

- Where PS3.15 leaves a choice by the type of the attribute in its object definition, such as X/Z/D, the last letter is done: it suits every type.
- All of it holds in sequences, up to 32 deep, also in those of unknown representation. What the table does not name is kept if the standard
  defines it, and removed otherwise; group lengths are removed. A kept text that holds a person's name or an identifier of the same file is removed.
- \`retain-safe-private\` keeps private elements of Table E.3.10-1 that hold numbers, and their creators, where the file states that they are
  numbers; all other private elements are removed.
- File meta information is written anew: only SOP class and transfer syntax are taken over. The preamble becomes zeros.
- Written: Patient Identity Removed (0012,0062) \`YES\`; De-identification Method (0012,0063) and its Code Sequence (0012,0064) with the codes
  of the profile and the chosen options; Longitudinal Temporal Information Modified (0028,0303) \`REMOVED\`, \`UNMODIFIED\` or \`MODIFIED\`.
- Pixels: \`--pixels refuse\` (the default) leaves out a file in whose pixels text is found, or stated by Burned In Annotation (0028,0301);
  \`--pixels blank\` writes over it (Clean Pixel Data Option, 113101) and sets (0028,0301) to \`NO\`; \`--pixels keep\` is for pixels that
  somebody has looked at. Compressed pixels are decoded to be looked at; the file stays compressed unless something is blanked. The finder
  sees horizontal lines of four or more letters, and shorter pieces beside them; it is no substitute for looking.
- A file whose compressed pixels hold the patient's name, as a comment in a codestream may, is left out.
- Directories of media (DICOMDIR) are left out. A de-identified file can still identify: by a face in a scan of a head, by a rare disease, by
  dates that were kept. PS3.15 itself says that no profile is a guarantee.

Refused options:

${[...REFUSED_OPTIONS].map(([option, reason]) => `- \`${option}\`: ${reason}.`).join('\n')}

| ${header.join(' | ')} |
| ${header.map(() => '---').join(' | ')} |
${profileAttributes.map(rowOf).join('\n')}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, text);
} else if (readFileSync(TARGET, 'utf8') !== text) {
  process.stderr.write("docs/DICOM-CONFORMANCE.md is not what the table says; run 'npm run deid-conformance'\n");
  process.exitCode = 1;
}
