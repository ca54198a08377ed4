import { openLookup } from '../data/deidentify/lookup-table.ts';
import { readPassword, unreadable } from '../data/deidentify/private-file.ts';
import { required, usageError } from './command-line.ts';
import { type Command, EXIT_OK } from './run-command.ts';

export const dataLookupCommand: Command = {
  spec: {
    usage: 'consilium data lookup <pseudonym> --lookup <file> --password-file <file> [options]',
    summary:
      "Prints who stands behind one pseudonym, and which files were that patient's. Nothing else of the table is shown.",
    positionals: true,
    options: {
      lookup: { type: 'string', value: '<file>', help: "the look-up table that 'data deidentify' wrote" },
      'password-file': { type: 'string', value: '<file>', help: 'its password (mode 0600)' },
      json: { type: 'boolean', help: 'print JSON' },
    },
  },
  async run(values, positionals) {
    const [pseudonym, ...others] = positionals;
    if (pseudonym === undefined || others.length > 0) throw usageError('give one pseudonym; see --help');
    const path = required(values, 'lookup');
    const { table, isNew } = await openLookup(path, await readPassword(required(values, 'password-file'), false));
    if (isNew) throw unreadable(path, 'does not exist', 'check the path');
    const patient = table.patients.find((each) => each.pseudonym === pseudonym);
    if (patient === undefined) throw unreadable(path, 'has no such pseudonym', 'check its letters');
    const { patientId, patientName, birthDate, files } = patient;
    const lines = [
      `id ${patientId}`,
      `name ${patientName}`,
      `born ${birthDate}`,
      ...files.map(({ from, to }) => `${to} was ${from}`),
    ];
    process.stdout.write(values.json === true ? `${JSON.stringify(patient)}\n` : `${lines.join('\n')}\n`);
    return EXIT_OK;
  },
};
