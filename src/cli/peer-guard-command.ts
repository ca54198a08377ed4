import { exportGuard, importGuard } from '../peer/guard-file.ts';
import { required, usageError } from './command-line.ts';
import { type Command, EXIT_OK } from './run-command.ts';

export const peerGuardCommand: Command = {
  spec: {
    usage: 'consilium peer guard --data <folder> (--export <file> | --import <file>)',
    summary:
      'Takes along what a member has signed when it moves to another machine, so that it never signs two contributions for one\n' +
      'round. Stop the peer first; after the export never start it again from the old folder.',
    options: {
      data: { type: 'string', value: '<folder>', help: "the member's data folder" },
      export: { type: 'string', value: '<file>', help: 'write what was signed to this file' },
      import: {
        type: 'string',
        value: '<file>',
        help: 'take in what was signed from this file; contradictions are refused',
      },
      json: { type: 'boolean', help: 'print JSON' },
    },
    examples: ['consilium peer guard --data hospital --export signed.json'],
  },
  async run(values) {
    const data = required(values, 'data');
    if ((values.export === undefined) === (values.import === undefined)) {
      throw usageError('give either --export or --import; see --help');
    }
    const rounds =
      values.export === undefined
        ? await importGuard(data, String(values.import))
        : await exportGuard(data, String(values.export));
    const plain = `${rounds} rounds ${values.export === undefined ? 'taken in' : 'written'}`;
    process.stdout.write(`${values.json === true ? JSON.stringify({ rounds }) : plain}\n`);
    return EXIT_OK;
  },
};
