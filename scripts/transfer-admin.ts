import type { Hex } from '../src/base/bytes.ts';
import { type OptionValues, required, usageError } from '../src/cli/command-line.ts';
import { type Command, runCommand } from '../src/cli/run-command.ts';
import {
  type AdministrationState,
  acceptTransfer,
  beginTransfer,
  cancelTransfer,
  readAdministration,
} from '../src/ledger/admin/administration.ts';
import { writeDeployment } from '../src/ledger/admin/deployment.ts';
import { readRoleHolders } from '../src/ledger/admin/roles.ts';
import { ASKING_OPTIONS, parseAccount } from './admin-options.ts';
import { type ConsortiumTask, type Outcome, runConsortiumTask } from './admin-run.ts';

const transferAdmin: Command = {
  spec: {
    usage: 'node scripts/transfer-admin.ts --to <account> | --accept | --cancel [options]',
    summary:
      'Hands the administration over, in two steps: the administrator offers it with --to, and when the delay of the deployment has\n' +
      'passed, the other one takes it with --accept, under its own key. With it go the roles to admit members and to open studies;\n' +
      'who was the administrator before loses them. Until it is accepted, --cancel takes the offer back.',
    options: {
      ...ASKING_OPTIONS,
      to: { type: 'string', value: '<account>', help: 'offer the administration to this account' },
      accept: { type: 'boolean', help: 'accept it, as the account that it was offered to' },
      cancel: { type: 'boolean', help: 'take the offer back' },
    },
    examples: [
      'node scripts/transfer-admin.ts --to 0x…',
      'node scripts/transfer-admin.ts --accept --keystore successor/keystore.json --password-file successor/password',
    ],
  },
  async run(values, _positionals, signal) {
    const move = moveOf(values);
    return runConsortiumTask(values, signal, async (task) => {
      const state = await readAdministration(task.session.provider, task.deployment.membership);
      return move(task, state);
    });
  },
};

type Move = (task: ConsortiumTask, state: AdministrationState) => Promise<Outcome>;

function moveOf(values: OptionValues): Move {
  const given = ['to', 'accept', 'cancel'].filter((name) => values[name] !== undefined);
  if (given.length !== 1) throw usageError('give one of --to, --accept and --cancel; see --help');
  if (values.accept === true) return accept;
  if (values.cancel === true) return cancel;
  const to = parseAccount(required(values, 'to'));
  return (task, state) => offer(task, state, to);
}

async function offer(
  { session, deployment, confirm }: ConsortiumTask,
  state: AdministrationState,
  to: Hex,
): Promise<Outcome> {
  if (state.admin === to) return outcome(`${to} is the administrator: nothing was changed`, state);
  if (state.pending?.to === to) return outcome(`it was offered to ${to} already: nothing was changed`, state);
  const instead = state.pending === null ? '' : `, and no more to ${state.pending.to}`;
  await confirm(
    `About to offer the administration to ${to}${instead}; it can be accepted after ${state.delaySeconds} s.`,
  );
  await beginTransfer(session, deployment.membership, to);
  const now = await readAdministration(session.provider, deployment.membership);
  return outcome(`${to} can accept it in ${state.delaySeconds} s with transfer-admin --accept`, now);
}

const accept: Move = async ({ session, deployment, deploymentFile, confirm }, state) => {
  const { pending, admin } = state;
  const mine = admin === session.account && pending === null;
  if (!mine) assertAcceptable(state, session.account);
  const holders = await readRoleHolders(session.provider, deployment);
  if (!mine) await confirm(`About to take over the administration from ${admin}, with its roles.`);
  await acceptTransfer(session, deployment, { state, holders });
  if (!session.dryRun && deployment.admin !== session.account)
    await writeDeployment(deploymentFile, { ...deployment, admin: session.account });
  const now = await readAdministration(session.provider, deployment.membership);
  return outcome(`${session.account} is the administrator${mine ? ' already' : ' now'}`, now);
};

function assertAcceptable({ pending }: AdministrationState, account: Hex): void {
  if (pending === null)
    throw usageError('the administration is offered to nobody; the administrator does that with --to');
  if (pending.to !== account) throw usageError(`it is offered to ${pending.to}, and this is the key of ${account}`);
}

const cancel: Move = async ({ session, deployment, confirm }, state) => {
  if (state.pending === null) return outcome('nothing was offered to anybody: nothing was changed', state);
  await confirm(`About to take back the offer to ${state.pending.to}.`);
  await cancelTransfer(session, deployment.membership);
  return outcome('the offer is taken back', await readAdministration(session.provider, deployment.membership));
};

/** In a dry run the state is the one that was found. */
function outcome(text: string, { admin, pending, delaySeconds }: AdministrationState): Outcome {
  return { text, value: { admin, pending, delaySeconds } };
}

process.exitCode = await runCommand(transferAdmin, process.argv.slice(2));
