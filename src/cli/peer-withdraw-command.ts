import { dataFolder } from '../peer/data-folder.ts';
import { readMembership } from '../peer/prepare-member.ts';
import { findRunningPeer } from '../peer/run-file.ts';
import { withdrawMember } from '../peer/withdraw-member.ts';
import { required, usageError } from './command-line.ts';
import { confirm } from './confirm.ts';
import { requireReleased } from './require-released.ts';
import { type Command, EXIT_OK } from './run-command.ts';

export const peerWithdrawCommand: Command = {
  spec: {
    usage: 'consilium peer withdraw --data <folder> [options]',
    summary:
      'Leaves the study for good, on the ledger: from the next round on nobody waits for this member or mixes its work. What it has\n' +
      'contributed stays on record, and what is still in its outbox is recorded first. Stop the peer before.',
    options: {
      data: { type: 'string', value: '<folder>', help: "the member's data folder" },
      yes: { type: 'boolean', help: 'do not ask' },
      json: { type: 'boolean', help: 'print JSON' },
    },
    examples: ['consilium peer withdraw --data hospital'],
  },
  async run(values, _positionals, signal) {
    const path = required(values, 'data');
    const folder = dataFolder(path);
    if ((await findRunningPeer(folder.run)) !== null) {
      throw usageError(
        `a peer runs on ${path}, and its transactions would get in the way; stop it with 'consilium peer stop' first`,
      );
    }
    requireReleased(folder);
    const member = await readMembership(path);
    const question = `About to leave the study '${member.manifest.title}' for good; this cannot be taken back.`;
    const { changed, endRound } = await withdrawMember(member, {
      database: folder.database,
      signal,
      confirm: () => confirm(question, values, signal),
    });
    const plain = `${changed ? 'withdrawn' : 'had withdrawn before'}: the last round that can be recorded is ${endRound - 1}`;
    process.stdout.write(`${values.json === true ? JSON.stringify({ changed, endRound }) : plain}\n`);
    return EXIT_OK;
  },
};
