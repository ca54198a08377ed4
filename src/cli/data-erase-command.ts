import { dataFolder } from '../peer/data-folder.ts';
import { type Erasure, eraseData } from '../peer/erase-data.ts';
import { findRunningPeer } from '../peer/run-file.ts';
import { usageError } from './command-line.ts';
import { confirm } from './confirm.ts';
import { requireReleased } from './require-released.ts';
import { type Command, EXIT_FAILURE, EXIT_OK } from './run-command.ts';

export const dataEraseCommand: Command = {
  spec: {
    usage: 'consilium data erase <data folder> [options]',
    summary:
      "Destroys a member's data in its data folder, and the key without which nobody can tell what the commitment on the ledger stands for:\n" +
      'commitment key, training seed, training and held-out data, and what was kept back of updates. Files are overwritten, synced and\n' +
      'removed; then all that is left is searched for pieces of them. Signed records and models stay, here and with others, so that the\n' +
      "study can still be audited; 'peer withdraw' and 'study rollback' take work out of models. What snapshots, backups, a file system\n" +
      'that copies on write or a solid-state disk keep of old blocks is out of reach, and so are copies elsewhere. Exit code 1: something\n' +
      'was found.',
    positionals: true,
    options: {
      yes: { type: 'boolean', help: 'do not ask' },
      json: { type: 'boolean', help: 'print JSON' },
    },
    examples: ['consilium data erase hospital'],
  },
  async run(values, positionals, signal) {
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw usageError('name one data folder; see --help');
    const folder = dataFolder(path);
    if ((await findRunningPeer(folder.run)) !== null) {
      throw usageError(`a peer runs on ${path}; stop it with 'consilium peer stop' first`);
    }
    requireReleased(folder);
    await confirm(`About to destroy the data and the commitment key in ${path} for ever.`, values, signal);
    const erasure = await eraseData(path);
    process.stdout.write(values.json === true ? `${JSON.stringify(erasure)}\n` : describe(erasure));
    return erasure.scan.found.length === 0 ? EXIT_OK : EXIT_FAILURE;
  },
};

function describe({ destroyed, traces, tooPlain, wereReadable, scan }: Erasure): string {
  return [
    `${destroyed} files destroyed`,
    `${traces} pieces of records and secrets searched for in the ${scan.files} files (${scan.bytes} bytes) that are left`,
    ...(wereReadable ? [] : ['the data could not be read any more, so that their pieces could not be searched for']),
    ...(tooPlain === 0 ? [] : [`${tooPlain} records have no piece that could be told apart from chance`]),
    ...scan.found.map((file) => `FOUND in ${file}: remove it by hand`),
    scan.found.length === 0 ? 'nothing found' : `found in ${scan.found.length} files`,
    '',
  ].join('\n');
}
