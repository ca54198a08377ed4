import { formatTable } from '../src/cli/format-table.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { assertDeployment } from '../src/ledger/admin/check-deployment.ts';
import type { Deployment } from '../src/ledger/admin/deployment.ts';
import { type ConsortiumStatus, readStatus } from '../src/ledger/admin/read-status.ts';
import { READING_OPTIONS } from './admin-options.ts';
import { withDeployment } from './read-deployment.ts';

const status: Command = {
  spec: {
    usage: 'node scripts/status.ts [options]',
    summary: 'Shows a consortium as its contracts tell it: administration, members, studies. Needs no key.',
    options: READING_OPTIONS,
    examples: ['node scripts/status.ts --rpc http://127.0.0.1:8545'],
  },
  async run(values) {
    return withDeployment(values, async (provider, deployment) => {
      await assertDeployment(provider, deployment.chainId, deployment);
      const found = await readStatus(provider, deployment);
      const { chainId, membership, ledger } = deployment;
      const document = { chainId, membership, ledger, ...found };
      process.stdout.write(`${values.json === true ? JSON.stringify(document) : describe(deployment, found)}\n`);
      return EXIT_OK;
    });
  },
};

function describe({ chainId, membership, ledger }: Deployment, found: ConsortiumStatus): string {
  const { administration, governance, roles, successor } = found;
  const { admin, pending, delaySeconds } = administration;
  const rows: [string, string][] = [
    ['chain', `${chainId}, block ${found.blockNumber}`],
    ['membership', membership],
    ['ledger', ledger],
    ['successor', successor === null ? 'none' : `${successor.address} from ${successor.effectiveFrom} s since 1970 on`],
    ['administrator', `${admin ?? 'nobody, for good'}; a hand-over takes ${delaySeconds} s`],
    ['offered to', pending === null ? 'nobody' : `${pending.to}, after ${pending.acceptableAfter} s since 1970`],
    ['admit members', roles.ADMISSION_ROLE.join(' ')],
    ['open studies', roles.STUDY_ROLE.join(' ')],
    ['share cap', String(governance.weightShareCapMicros / 1_000_000)],
    ['quorum', String(governance.quorumMicros / 1_000_000)],
  ];
  const facts = rows.map(([name, value]) => `${name.padEnd(14)} ${value}`).join('\n');
  return [facts, '', describeMembers(found), '', describeStudies(found)].join('\n');
}

function describeMembers({ members }: ConsortiumStatus): string {
  const rows = members.map(({ account, index, standing, sinceBlock }) => [
    account,
    String(index),
    standing,
    String(sinceBlock),
  ]);
  return formatTable(['member', 'number', 'standing', 'since block'], rows);
}

function describeStudies({ studies }: ConsortiumStatus): string {
  const rows = studies.map(({ study, state, rounds, participants, maximumMembers, entries }) => [
    study,
    state,
    String(rounds),
    `${participants}/${maximumMembers}`,
    String(entries),
  ]);
  return formatTable(['study', 'state', 'rounds', 'members', 'entries'], rows);
}

process.exitCode = await runCommand(status, process.argv.slice(2));
