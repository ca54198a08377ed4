import { writeFile } from 'node:fs/promises';
import { required, wholeNumber } from '../src/cli/command-line.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { administer } from '../src/ledger/admin.ts';
import { ADMIN_OPTIONS, adminKey } from './admin-options.ts';

const deploy: Command = {
  spec: {
    usage: 'node scripts/deploy.ts --rpc <url> --keystore <file> --password-file <file> --out <file> [options]',
    summary: 'Deploys the Membership and Ledger contracts, and writes their addresses to a deployment file.',
    options: {
      ...ADMIN_OPTIONS,
      out: { type: 'string', value: '<file>', help: 'the deployment file to write' },
      'admin-delay': {
        type: 'string',
        value: '<seconds>',
        help: 'how long a handover of the administration waits',
        default: '172800',
      },
    },
  },
  async run(values) {
    const out = required(values, 'out');
    const delay = wholeNumber(values, 'admin-delay', { min: 0, max: 30 * 86_400 });
    const administration = await administer(required(values, 'rpc'), await adminKey(values));
    try {
      const deployment = await administration.deploy(delay);
      const text = JSON.stringify(deployment, null, 2);
      await writeFile(out, `${text}\n`);
      const plain = `ledger ${deployment.ledger}\nmembership ${deployment.membership}\nwritten to ${out}`;
      process.stdout.write(`${values.json === true ? JSON.stringify(deployment) : plain}\n`);
    } finally {
      administration.close();
    }
    return EXIT_OK;
  },
};

process.exitCode = await runCommand(deploy, process.argv.slice(2));
