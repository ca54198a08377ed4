import type { OptionValues } from '../src/cli/command-line.ts';
import { confirm } from '../src/cli/confirm.ts';
import { EXIT_OK } from '../src/cli/run-command.ts';
import { type AdminSession, type DoneStep, openAdminSession } from '../src/ledger/admin/admin-session.ts';
import { assertDeployment } from '../src/ledger/admin/check-deployment.ts';
import { type Deployment, readDeployment } from '../src/ledger/admin/deployment.ts';
import { adminSigner, deploymentPath, rpcUrls } from './admin-options.ts';

/** What a script has to say at its end. */
export interface Outcome {
  /** For people. */
  readonly text: string;
  /** For programs; the same fields in a dry run. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** What a script works with. */
export interface AdminTask {
  readonly session: AdminSession;
  /** Asks before what cannot be undone; comes back only if that is wanted. @throws ConsiliumError `cli/usage`, `cli/declined` */
  confirm(question: string): Promise<void>;
}

/** A task on contracts that have been checked to be ours. */
export interface ConsortiumTask extends AdminTask {
  readonly deployment: Deployment;
  readonly deploymentFile: string;
}

/** Opens chain and key, does the work, and prints what was done. @returns the exit code */
export async function runAdminTask(
  values: OptionValues,
  signal: AbortSignal,
  work: (task: AdminTask) => Promise<Outcome>,
): Promise<number> {
  const json = values.json === true;
  const dryRun = values['dry-run'] === true;
  const transactions: DoneStep[] = [];
  const onStep = (step: DoneStep): void => {
    transactions.push(step);
    if (!json) process.stdout.write(`${step.transaction ?? 'would be sent'}  ${step.step}\n`);
  };
  const rpcUrl = rpcUrls(values);
  const session = await openAdminSession({ rpcUrl, signer: await adminSigner(values), dryRun, onStep, signal });
  try {
    const ask = { ...values, yes: values.yes === true || dryRun };
    const confirmed = (question: string): Promise<void> => confirm(question, ask, signal);
    const { text, value } = await work({ session, confirm: confirmed });
    const { chainId, account } = session;
    const document = { dryRun, changed: !dryRun && transactions.length > 0, chainId, account, transactions, ...value };
    const plain = dryRun ? `dry run, nothing was sent; otherwise:\n${text}` : text;
    process.stdout.write(`${json ? JSON.stringify(document) : plain}\n`);
  } finally {
    session.close();
  }
  return EXIT_OK;
}

/** The same for a script that needs a finished deployment. */
export function runConsortiumTask(
  values: OptionValues,
  signal: AbortSignal,
  work: (task: ConsortiumTask) => Promise<Outcome>,
): Promise<number> {
  return runAdminTask(values, signal, async (task) => {
    const { provider, chainId } = task.session;
    const deploymentFile = deploymentPath(values, chainId);
    const deployment = await readDeployment(deploymentFile);
    await assertDeployment(provider, chainId, deployment);
    return work({ ...task, deployment, deploymentFile });
  });
}
