/**
 * Entry of the process that trains a member's model alone, beside its peer (`start-alone.ts`): `alone-process.ts <data folder>`. Ends with
 * code 0 when that is done; what it has is on disk after every round.
 */
import { constants, setPriority } from 'node:os';
import { messageOf } from '../../base/errors.ts';
import { trainAlone } from './train-alone.ts';

// Gives way to everything else on this machine, the peer above all.
setPriority(constants.priority.PRIORITY_LOW);
// Without its peer nobody would end this process.
process.on('disconnect', () => process.exit());

try {
  await trainAlone(process.argv[2] ?? '', new AbortController().signal);
  process.exit();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
