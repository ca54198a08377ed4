import { continueMember } from '../peer/continue-member.ts';
import { dataFolder } from '../peer/data-folder.ts';
import { findRunningPeer } from '../peer/run-file.ts';
import { required, usageError } from './command-line.ts';
import { requireReleased } from './require-released.ts';
import { type Command, EXIT_OK } from './run-command.ts';

export const peerContinueCommand: Command = {
  spec: {
    usage: 'consilium peer continue --data <folder> --manifest <file> --out <folder> [options]',
    summary:
      "Makes a member's data folder for a study that continues another one ('study rollback'): key, secrets, data and settings of the\n" +
      "folder of that, and the member's own base of the round that is gone on from. The old folder stays as it is: it is evidence, and\n" +
      'holds data of its own to be erased. Stop its peer first.',
    options: {
      data: { type: 'string', value: '<folder>', help: "the member's data folder in the study before" },
      manifest: { type: 'string', value: '<file>', help: 'the manifest of the study that continues it' },
      out: { type: 'string', value: '<folder>', help: 'the data folder to make' },
      json: { type: 'boolean', help: 'print JSON' },
    },
    examples: ['consilium peer continue --data hospital --manifest successor.json --out hospital-2'],
  },
  async run(values) {
    const [from, manifest, out] = [required(values, 'data'), required(values, 'manifest'), required(values, 'out')];
    const folder = dataFolder(from);
    if ((await findRunningPeer(folder.run)) !== null) {
      throw usageError(`a peer runs on ${from}; stop it with 'consilium peer stop' first`);
    }
    requireReleased(folder);
    const { account, study, round } = await continueMember({ from, manifest, out });
    const plain = `account ${account}\nstudy   ${study}\nround   ${round}\nfolder  ${out}`;
    process.stdout.write(`${values.json === true ? JSON.stringify({ account, study, round, folder: out }) : plain}\n`);
    return EXIT_OK;
  },
};
