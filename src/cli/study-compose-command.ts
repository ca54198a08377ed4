import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import { classesOf, type InputSpec, inputShapeOf } from '../data/input-spec.ts';
import type { Architecture } from '../model/architecture.ts';
import { defaultTraining, type SampleShape } from '../model/default-training.ts';
import {
  MOST_LOCAL_EPOCHS,
  MOST_LOCAL_STEPS,
  replaceOptions,
  type TrainingOptions,
} from '../model/training-options.ts';
import { composeManifest } from '../peer/compose-manifest.ts';
import { studyOf } from '../protocol/manifest.ts';
import { type OptionValues, required, usageError, wholeNumber } from './command-line.ts';
import { readInputSpec } from './data-options.ts';
import { readArchitecture } from './read-architecture.ts';
import { readSubgroups, SUBGROUPS_OPTION } from './read-subgroups.ts';
import { readValuation, VALUATION_OPTION } from './read-valuation.ts';
import { type Command, EXIT_OK } from './run-command.ts';
import { writeNew } from './write-new.ts';

export const studyComposeCommand: Command = {
  spec: {
    usage: 'consilium study compose --input <file> --members <n> --out <file> [options]',
    summary:
      "Writes a study's manifest around a description of its input (docs/DATA.md), with the values that we recommend for all that is not\n" +
      'said. Read it, change what you like, agree on it: its digest is the name of the study, and cannot be changed afterwards.',
    options: {
      input: { type: 'string', value: '<file>', help: 'description of the input, or a manifest that has one' },
      members: { type: 'string', value: '<n>', help: 'members that begin and may join, 2 to 64' },
      out: { type: 'string', value: '<file>', help: 'the manifest; no file is overwritten' },
      title: { type: 'string', value: '<text>', help: 'what the study is called', default: 'a study' },
      rounds: { type: 'string', value: '<n>', help: 'training rounds; by default what suits the kind of input' },
      architecture: {
        type: 'string',
        value: '<name | file>',
        help: "network as for 'model describe', instead of the one for the kind of input",
      },
      training: {
        type: 'string',
        value: '<file>',
        help: 'JSON of training options that differ from the recommended ones',
      },
      'local-steps': {
        type: 'string',
        value: '<n>',
        help: 'batches that everybody trains on in a round, however many records it has; by default what suits hospitals of some hundred records',
      },
      'local-epochs': {
        type: 'string',
        value: '<n>',
        help: 'passes over the own records in a round, instead of --local-steps: who has more records trains longer, and earns more',
      },
      segments: { type: 'string', value: '<n>', help: 'segments that a model is cut into', default: '8' },
      valuation: VALUATION_OPTION,
      subgroups: SUBGROUPS_OPTION,
      json: { type: 'boolean', help: 'print one JSON document' },
    },
    examples: ['consilium study compose --input input.json --members 4 --title "Heart disease" --out manifest.json'],
  },
  async run(values) {
    const members = wholeNumber({ members: required(values, 'members') }, 'members', { min: 2, max: 64 });
    const [input, out] = [await readInputSpec(required(values, 'input')), required(values, 'out')];
    const defaults = defaultsOf(input);
    const rounds =
      values.rounds === undefined ? defaults.rounds : wholeNumber(values, 'rounds', { min: 1, max: 100_000 });
    const training = await trainingOf(values, defaults.training);
    const architecture: Architecture =
      typeof values.architecture === 'string'
        ? await readArchitecture(values.architecture, samplesOf(input))
        : defaults.architecture;
    const manifest = composeManifest({
      title: String(values.title),
      members,
      rounds,
      segments: wholeNumber(values, 'segments', { min: 1, max: 512 }),
      pulls: members <= FULL_PULL_MEMBERS ? members - 1 : PULLS_BEYOND,
      seed: randomBytes(16).toString('hex'),
      input,
      architecture,
      training,
      valuation: readValuation(values),
      ...readSubgroups(values),
    });
    await writeNew(out, `${JSON.stringify(manifest, null, 2)}\n`);
    const study = studyOf(manifest);
    process.stdout.write(
      values.json === true ? `${JSON.stringify({ study, manifest: out })}\n` : `study    ${study}\nmanifest ${out}\n`,
    );
    return EXIT_OK;
  },
};

/** Up to this many members every segment is pulled from everybody; beyond, from four. */
const FULL_PULL_MEMBERS = 8;
const PULLS_BEYOND = 4;

function defaultsOf(input: InputSpec) {
  const tables = input.kind === 'table' && input.time !== null ? 'survival' : 'tables';
  return defaultTraining(input.kind === 'table' ? tables : 'npz', samplesOf(input));
}

function samplesOf(input: InputSpec): SampleShape {
  return { inputShape: inputShapeOf(input), classes: classesOf(input).length };
}

/** The recommended options with what the file, `--local-steps` and `--local-epochs` say instead. */
async function trainingOf(values: OptionValues, defaults: TrainingOptions): Promise<TrainingOptions> {
  const length = lengthOf(values);
  const path = values.training;
  if (typeof path !== 'string') return replaceOptions(defaults, length);
  try {
    const changes = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    return replaceOptions(replaceOptions(defaults, changes), length);
  } catch (cause) {
    throw usageError(`${path}: ${messageOf(cause)}`, cause);
  }
}

/** A round's length, where it is asked for. */
function lengthOf(values: OptionValues): Pick<TrainingOptions, 'localSteps' | 'localEpochs'> {
  const [steps, epochs] = [values['local-steps'], values['local-epochs']];
  if (steps !== undefined && epochs !== undefined)
    throw usageError('--local-steps and --local-epochs: a round has one of the two');
  if (steps !== undefined) return { localSteps: wholeNumber(values, 'local-steps', { min: 1, max: MOST_LOCAL_STEPS }) };
  if (epochs === undefined) return {};
  return { localEpochs: wholeNumber(values, 'local-epochs', { min: 1, max: MOST_LOCAL_EPOCHS }) };
}
