import type { Hex } from '../src/base/bytes.ts';
import { usageError } from '../src/cli/command-line.ts';
import { type Command, runCommand } from '../src/cli/run-command.ts';
import { type Member, readMember, rotateKey } from '../src/ledger/admin/members.ts';
import { ASKING_OPTIONS, parseAccount } from './admin-options.ts';
import { type ConsortiumTask, type Outcome, runConsortiumTask } from './admin-run.ts';

const rotate: Command = {
  spec: {
    usage: 'node scripts/rotate-key.ts <old account> <new account> [options]',
    summary:
      'Gives a member another account, which must be a new one. What the old account recorded stays with it; in open studies\n' +
      'the member joins again under its new key and keeps its position.',
    positionals: true,
    options: ASKING_OPTIONS,
    examples: ['node scripts/rotate-key.ts 0x<old> 0x<new>'],
  },
  async run(values, positionals, signal) {
    const [from, to, ...more] = positionals.map(parseAccount);
    if (from === undefined || to === undefined || more.length > 0)
      throw usageError('name two accounts: the old one and the new one');
    return runConsortiumTask(values, signal, (task) => rotateOnce(task, from, to));
  },
};

async function rotateOnce({ session, deployment, confirm }: ConsortiumTask, from: Hex, to: Hex): Promise<Outcome> {
  const { membership } = deployment;
  const before = await readMember(session.provider, membership, from);
  const successor = await readMember(session.provider, membership, to);
  const value = { from, to, index: before.index };
  if (before.standing === 'rotated' && successor.standing === 'active' && successor.index === before.index)
    return { text: `${to} has replaced ${from} already: nothing was changed`, value };
  assertRotatable(before, successor);
  await confirm(
    `About to replace the key ${from} of member ${before.index} by ${to}; the old one can never be used again.`,
  );
  await rotateKey(session, membership, { from, to });
  return { text: `member ${before.index} is ${to} from now on`, value };
}

function assertRotatable(before: Member, successor: Member): void {
  if (before.standing !== 'active')
    throw usageError(
      `${before.account} is no active member's account (${before.standing}); 'status' lists the members`,
    );
  if (successor.standing === 'none') return;
  throw usageError(`${successor.account} has had a part in the consortium (${successor.standing}); take a new key`);
}

process.exitCode = await runCommand(rotate, process.argv.slice(2));
