import type { SampleShape } from '../model/default-training.ts';
import { type ArchitectureDescription, describeArchitecture } from '../model/describe-architecture.ts';
import { ARCHITECTURE_NAMES } from '../model/named-architecture.ts';
import { type OptionValues, usageError, wholeNumber } from './command-line.ts';
import { formatTable } from './format-table.ts';
import { readArchitecture } from './read-architecture.ts';
import { type Command, EXIT_OK } from './run-command.ts';

export const modelDescribeCommand: Command = {
  spec: {
    usage: 'consilium model describe <name | file> [options]',
    summary:
      `Layers, shapes and parameters of a network: one of our own by name (${ARCHITECTURE_NAMES.join(', ')}), one that a JSON file states as a\n` +
      'manifest does, or a LayersModel of TensorFlow.js (model.json, also converted from Keras), whose layers are translated into\n' +
      'ours and whose weights are left behind. With --json the architecture is part of what is printed, for\n' +
      'study compose --architecture, which takes the same names and files.',
    options: {
      input: { type: 'string', value: '<shape>', help: 'of a sample, for a name: 30 or 28x28x1', default: '28x28x1' },
      classes: { type: 'string', value: '<n>', help: 'for a name, 2 to 256', default: '10' },
      json: { type: 'boolean', help: 'print one JSON document' },
    },
    positionals: true,
    examples: [
      'consilium model describe resnet --input 64x64x3 --classes 2',
      'consilium model describe model.json --json',
    ],
  },
  async run(values, [source, ...others]) {
    if (source === undefined || others.length > 0) throw usageError('give one name or file; see --help');
    const architecture = await readArchitecture(source, samplesOf(values));
    const description = describeArchitecture(architecture);
    process.stdout.write(
      values.json === true ? `${JSON.stringify({ ...description, architecture })}\n` : tableOf(description),
    );
    return EXIT_OK;
  },
};

function samplesOf(values: OptionValues): SampleShape {
  const inputShape = String(values.input).split('x').map(Number);
  const isShape = inputShape.every((side) => Number.isInteger(side) && side > 0);
  if (!isShape || (inputShape.length !== 1 && inputShape.length !== 3)) {
    throw usageError(`--input ${values.input}: give a number of features, or height x width x channels as 28x28x1`);
  }
  return { inputShape, classes: wholeNumber(values, 'classes', { min: 2, max: 256 }) };
}

function tableOf({ inputShape, layers, parameterCount }: ArchitectureDescription): string {
  const rows = layers.map((layer) => [
    layer.name,
    layer.kind,
    layer.inputs.join(', ') || 'input',
    layer.outputShape.join(' × '),
    String(layer.parameterCount),
  ]);
  const table = formatTable(['layer', 'kind', 'takes', 'gives', 'parameters'], rows);
  return `${table}\n\ninput ${inputShape.join(' × ')}; ${parameterCount} parameters, ${4 * parameterCount} bytes\n`;
}
