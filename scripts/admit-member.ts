import type { Hex } from '../src/base/bytes.ts';
import { required, usageError } from '../src/cli/command-line.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { administer } from '../src/ledger/admin.ts';
import { ADMIN_OPTIONS, adminKey, readDeployment } from './admin-options.ts';

const admitMember: Command = {
  spec: {
    usage:
      'node scripts/admit-member.ts <account>… --rpc <url> --keystore <file> --password-file <file> --deployment <file> [options]',
    summary: 'Admits accounts to the consortium, in the order given; members are left as they are.',
    positionals: true,
    options: {
      ...ADMIN_OPTIONS,
      deployment: { type: 'string', value: '<file>', help: "the deployment file that 'deploy' wrote" },
    },
  },
  async run(values, positionals) {
    const accounts = positionals.map((account) => account.toLowerCase() as Hex);
    const odd = accounts.find((account) => !/^0x[0-9a-f]{40}$/.test(account));
    if (accounts.length === 0 || odd !== undefined) {
      throw usageError(
        odd === undefined
          ? 'name at least one account; see --help'
          : `${odd} is not an account: 0x and 40 hexadecimal digits`,
      );
    }
    const deployment = await readDeployment(required(values, 'deployment'));
    const administration = await administer(required(values, 'rpc'), await adminKey(values));
    try {
      const admitted = await administration.admit(deployment.membership, accounts);
      const plain = admitted.length === 0 ? 'all were members already' : `admitted ${admitted.join(' ')}`;
      process.stdout.write(`${values.json === true ? JSON.stringify({ admitted }) : plain}\n`);
    } finally {
      administration.close();
    }
    return EXIT_OK;
  },
};

process.exitCode = await runCommand(admitMember, process.argv.slice(2));
