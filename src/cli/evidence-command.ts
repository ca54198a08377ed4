import { exportEvidence } from '../peer/export-evidence.ts';
import { required } from './command-line.ts';
import { type Command, EXIT_OK } from './run-command.ts';

export const evidenceCommand: Command = {
  spec: {
    usage: 'consilium evidence <data folder>… --out <file> [options]',
    summary:
      "Writes the evidence that stopped members' data folders hold into one bundle for auditors: signed records, segments, recipes and\n" +
      'aggregate figures. Data, keys and seeds stay where they are.',
    positionals: true,
    options: {
      out: { type: 'string', value: '<file>', help: 'the CAR file to write' },
      json: { type: 'boolean', help: 'print JSON' },
    },
  },
  async run(values, folders) {
    const out = required(values, 'out');
    const { records } = await exportEvidence(folders, out);
    process.stdout.write(
      values.json === true ? `${JSON.stringify({ records, out })}\n` : `${records} signed records in ${out}\n`,
    );
    return EXIT_OK;
  },
};
