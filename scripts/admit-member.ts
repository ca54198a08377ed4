import type { Hex } from '../src/base/bytes.ts';
import { type Command, runCommand } from '../src/cli/run-command.ts';
import { changeMembers } from '../src/ledger/admin/members.ts';
import { ADMIN_OPTIONS, parseAccounts } from './admin-options.ts';
import { type ConsortiumTask, type Outcome, runConsortiumTask } from './admin-run.ts';
import { planOrRefuse } from './plan-change.ts';

const admitMember: Command = {
  spec: {
    usage: 'node scripts/admit-member.ts <account>… [options]',
    summary:
      'Admits accounts to the consortium, in the order given; members are left as they are. An account that was removed gets its\n' +
      'old number back.',
    positionals: true,
    options: ADMIN_OPTIONS,
    examples: ['node scripts/admit-member.ts 0x… 0x…'],
  },
  async run(values, positionals, signal) {
    const accounts = parseAccounts(positionals);
    return runConsortiumTask(values, signal, (task) => admit(task, accounts));
  },
};

async function admit({ session, deployment }: ConsortiumTask, accounts: readonly Hex[]): Promise<Outcome> {
  const { todo } = await planOrRefuse(session.provider, deployment.membership, 'admit', accounts);
  await changeMembers(session, deployment.membership, 'admit', todo);
  const text = todo.length === 0 ? 'all were members already: nothing was changed' : `admitted: ${todo.join(' ')}`;
  return { text, value: { admitted: todo } };
}

process.exitCode = await runCommand(admitMember, process.argv.slice(2));
