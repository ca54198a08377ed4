import { access } from 'node:fs/promises';
import type { PixelPolicy } from '../data/deidentify/clean-pixels.ts';
import { deidentifyFolder, type FolderOutcome, type Progress } from '../data/deidentify/deidentify-folder.ts';
import { describeActions } from '../data/deidentify/describe-actions.ts';
import type { Region } from '../data/deidentify/pixel-image.ts';
import { readPassword } from '../data/deidentify/private-file.ts';
import { createProfile, offeredOptions } from '../data/deidentify/profile.ts';
import { type OptionValues, required, usageError } from './command-line.ts';
import { formatTable } from './format-table.ts';
import { type Command, EXIT_FAILURE, EXIT_OK } from './run-command.ts';

const POLICIES: readonly PixelPolicy[] = ['refuse', 'blank', 'keep'];
/** How often progress is told, in parts of the whole. */
const PROGRESS_STEPS = 20;

export const dataDeidentifyCommand: Command = {
  spec: {
    usage: 'consilium data deidentify <folder> --out <folder> --lookup <file> --password-file <file> [options]',
    summary:
      'Writes clean copies of the DICOM files below a folder, by the Basic Profile of DICOM PS3.15, and who stands behind the\n' +
      'pseudonyms into an encrypted look-up table. A file that cannot be read or made clean is listed and left out; then the exit\n' +
      'code is 1. Other formats are left out too. The same table keeps pseudonyms, UIDs and dates alike over several runs.',
    positionals: true,
    options: {
      out: { type: 'string', value: '<folder>', help: 'an empty or new folder for the clean files' },
      lookup: { type: 'string', value: '<file>', help: 'the look-up table, made if it is not there; keep it apart' },
      'password-file': { type: 'string', value: '<file>', help: 'its password (mode 0600), made with a new table' },
      profile: { type: 'string', value: '<a,b>', help: `options of the profile: ${offeredOptions().join(', ')}` },
      pixels: {
        type: 'string',
        value: '<policy>',
        help: 'what to do with text in the pixels: refuse the file, blank it, or keep them',
        default: 'refuse',
      },
      blank: { type: 'string', value: '<regions>', help: "also blank these, for instance '0,0,1024,24 0,700,200,30'" },
      'dry-run': { type: 'boolean', help: 'write nothing; print what would be done to which attribute' },
      json: { type: 'boolean', help: 'print JSON' },
    },
    examples: [
      'consilium data deidentify scans --out clean --lookup keys/lookup --password-file keys/password',
      'consilium data deidentify us --out clean --lookup keys/lookup --password-file keys/password --pixels blank',
    ],
  },
  async run(values, positionals, signal) {
    const [input, ...others] = positionals;
    if (input === undefined || others.length > 0) throw usageError('give one folder of DICOM files; see --help');
    const [output, lookup, passwordFile] = [
      required(values, 'out'),
      required(values, 'lookup'),
      required(values, 'password-file'),
    ];
    const profile = createProfile(
      String(values.profile ?? '')
        .split(',')
        .filter((name) => name !== ''),
    );
    const pixels = { policy: policyOf(values), regions: regionsOf(values) };
    const dryRun = values['dry-run'] === true;
    const password = await passwordOf({ lookup, passwordFile, dryRun });
    const progress = values.json === true ? () => {} : tellProgress;
    const outcome = await deidentifyFolder(
      { input, output, lookup, password, profile, pixels, dryRun },
      progress,
      signal,
    );
    process.stdout.write(values.json === true ? asJson(outcome) : asText(outcome, dryRun));
    return outcome.leftOut.length > 0 ? EXIT_FAILURE : EXIT_OK;
  },
};

function policyOf(values: OptionValues): PixelPolicy {
  const policy = POLICIES.find((each) => each === values.pixels);
  if (policy === undefined) throw usageError(`--pixels ${String(values.pixels)}: give one of ${POLICIES.join(', ')}`);
  if (policy === 'keep' && values.blank !== undefined) throw usageError('--blank contradicts --pixels keep');
  return policy;
}

function regionsOf(values: OptionValues): Region[] {
  const texts = typeof values.blank === 'string' ? values.blank.split(' ').filter((text) => text !== '') : [];
  return texts.map((text) => {
    const [x = 0, y = 0, width = 0, height = 0] = text.split(',').map(Number);
    if (!/^\d+,\d+,\d+,\d+$/.test(text)) throw usageError(`--blank ${text}: give x,y,width,height in pixels`);
    return { x, y, width, height };
  });
}

/** A dry run makes no password; nothing is encrypted with it. */
async function passwordOf({ lookup, passwordFile, dryRun }: { lookup: string; passwordFile: string; dryRun: boolean }) {
  const isNew = await access(lookup).then(
    () => false,
    () => true,
  );
  return dryRun && isNew ? '' : readPassword(passwordFile, isNew);
}

const tellProgress: Progress = (done, total) => {
  const step = Math.max(1, Math.floor(total / PROGRESS_STEPS));
  if (done % step === 0 || done === total) process.stderr.write(`${done} of ${total} files\n`);
};

function asJson({ written, patients, leftOut, actions }: FolderOutcome): string {
  return `${JSON.stringify({ written, patients, leftOut, actions: describeActions(actions) })}\n`;
}

function asText({ written, patients, leftOut, actions }: FolderOutcome, dryRun: boolean): string {
  const lines = leftOut.map(({ file, code, reason }) => `left out: ${file}: ${code}: ${reason}`);
  const verb = dryRun ? 'would be written' : 'written';
  const rows = describeActions(actions).map(({ tag, name, action, count }) => [
    `${tag} ${name}`,
    action,
    String(count),
  ]);
  const table = dryRun ? [formatTable(['attribute', 'action', 'count'], rows)] : [];
  return `${[...table, ...lines, `${written} files of ${patients} patients ${verb}, ${leftOut.length} left out`].join('\n')}\n`;
}
