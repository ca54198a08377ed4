import { initDataFolder } from '../peer/data-folder.ts';
import { required } from './command-line.ts';
import { type Command, EXIT_OK } from './run-command.ts';

export const peerInitCommand: Command = {
  spec: {
    usage: 'consilium peer init --data <folder> [options]',
    summary:
      "Makes a member's data folder: a new key in an encrypted keystore, and the member's other secrets. Prints the account, which\n" +
      'an admin admits to the consortium.',
    options: {
      data: { type: 'string', value: '<folder>', help: 'the data folder to make' },
      'training-seed': {
        type: 'string',
        value: '<text>',
        help: 'a fixed training seed instead of a secret one, for repeatable runs',
      },
      json: { type: 'boolean', help: 'print JSON' },
    },
  },
  async run(values) {
    const seed = values['training-seed'];
    const account = await initDataFolder(
      required(values, 'data'),
      typeof seed === 'string' ? { trainingSeed: seed } : {},
    );
    process.stdout.write(values.json === true ? `${JSON.stringify({ account })}\n` : `${account}\n`);
    return EXIT_OK;
  },
};
