import type { Hex } from '../src/base/bytes.ts';
import { type OptionValues, usageError } from '../src/cli/command-line.ts';
import { type Command, runCommand } from '../src/cli/run-command.ts';
import { exclude, findParticipations, type Participation } from '../src/ledger/admin/exclusions.ts';
import { changeMembers, type MemberChange } from '../src/ledger/admin/members.ts';
import { ASKING_OPTIONS, parseAccounts } from './admin-options.ts';
import { type ConsortiumTask, type Outcome, runConsortiumTask } from './admin-run.ts';
import { planOrRefuse } from './plan-change.ts';

type Leaving = Exclude<MemberChange, 'admit'>;

const removeMember: Command = {
  spec: {
    usage: 'node scripts/remove-member.ts <account>… [options]',
    summary:
      'Removes members from the consortium, and enters it into the log of every open study in which they take part. What they\n' +
      'have recorded stays; the round in progress may still be recorded.',
    positionals: true,
    options: {
      ...ASKING_OPTIONS,
      suspend: { type: 'boolean', help: 'suspend them instead, until --reinstate' },
      reinstate: { type: 'boolean', help: 'end a suspension; the member then joins its studies again' },
    },
    examples: ['node scripts/remove-member.ts 0x…', 'node scripts/remove-member.ts 0x… --suspend --yes'],
  },
  async run(values, positionals, signal) {
    const [accounts, change] = [parseAccounts(positionals), changeOf(values)];
    return runConsortiumTask(values, signal, (task) => leave(task, change, accounts));
  },
};

function changeOf(values: OptionValues): Leaving {
  if (values.suspend === true && values.reinstate === true) throw usageError('give --suspend or --reinstate, not both');
  if (values.suspend === true) return 'suspend';
  return values.reinstate === true ? 'reinstate' : 'remove';
}

async function leave(task: ConsortiumTask, change: Leaving, accounts: readonly Hex[]): Promise<Outcome> {
  const { session, deployment, confirm } = task;
  const { todo } = await planOrRefuse(session.provider, deployment.membership, change, accounts);
  // Also of those that an interrupted run has removed already.
  const from = change === 'reinstate' ? [] : await findParticipations(session.provider, deployment, accounts);
  if (change !== 'reinstate' && todo.length + from.length > 0) await confirm(questionOf(change, accounts, from));
  await changeMembers(session, deployment.membership, change, todo);
  await exclude(session, deployment.ledger, { from, notYetOut: todo });
  return { text: describe(change, todo, from), value: { change, changedMembers: todo, excluded: from } };
}

function questionOf(change: Leaving, accounts: readonly Hex[], from: readonly Participation[]): string {
  const entries = from.length === 0 ? '' : `; ${from.length} entries in the logs of open studies will say so for good`;
  return `About to ${change} ${accounts.join(' ')}${entries}.`;
}

function describe(change: Leaving, todo: readonly Hex[], from: readonly Participation[]): string {
  if (todo.length + from.length === 0) return 'all stood like this already: nothing was changed';
  const past = { remove: 'removed', suspend: 'suspended', reinstate: 'reinstated' }[change];
  const lines = [`${past}: ${todo.length === 0 ? 'nobody, that was done' : todo.join(' ')}`];
  for (const { study, account } of from) lines.push(`excluded ${account} from study ${study}`);
  return lines.join('\n');
}

process.exitCode = await runCommand(removeMember, process.argv.slice(2));
