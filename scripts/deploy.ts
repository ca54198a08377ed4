import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type OptionValues, usageError, wholeNumber } from '../src/cli/command-line.ts';
import { type Command, runCommand } from '../src/cli/run-command.ts';
import { DEFAULT_PARAMETERS, deployContracts } from '../src/ledger/admin/deploy-contracts.ts';
import {
  type DeploymentDraft,
  type DeploymentParameters,
  readDeploymentDraft,
  writeDeployment,
} from '../src/ledger/admin/deployment.ts';
import { DEPLOY_OPTIONS, deploymentPath } from './admin-options.ts';
import { type AdminTask, type Outcome, runAdminTask } from './admin-run.ts';

interface ParameterOption {
  readonly field: keyof DeploymentParameters;
  readonly value: string;
  readonly help: string;
  readonly min: number;
  readonly max: number;
}

const PARAMETERS: Readonly<Record<string, ParameterOption>> = {
  'admin-delay': {
    field: 'adminDelaySeconds',
    value: '<seconds>',
    help: 'how long a hand-over of the administration waits',
    min: 0,
    max: 30 * 86_400,
  },
  'weight-share-cap': {
    field: 'weightShareCapMicros',
    value: '<millionths>',
    help: 'the most that a manifest may let one contribution weigh',
    min: 1,
    max: 1_000_000,
  },
  quorum: {
    field: 'quorumMicros',
    value: '<millionths>',
    help: 'the least quorum of a manifest, and of co-signed checkpoints',
    min: 1,
    max: 1_000_000,
  },
  'reveal-window': {
    field: 'revealWindowBlocks',
    value: '<blocks>',
    help: 'how long committed scores may be revealed',
    min: 1,
    max: 0xffff_ffff,
  },
};

const parameterOptions = Object.fromEntries(
  Object.entries(PARAMETERS).map(([name, { field, value, help }]) => [
    name,
    { type: 'string' as const, value, help: `${help} (default ${DEFAULT_PARAMETERS[field]})` },
  ]),
);

const deploy: Command = {
  spec: {
    usage: 'node scripts/deploy.ts [options]',
    summary:
      'Deploys the Membership and Ledger contracts, gives both roles to the key that deploys, and writes the deployment file. An\n' +
      'interrupted run is gone on with by the next; once it is done, running it again changes nothing.',
    options: {
      ...DEPLOY_OPTIONS,
      out: { type: 'string', value: '<file>', help: 'the deployment file (default deployments/<chain id>.json)' },
      ...parameterOptions,
    },
    examples: [
      'node scripts/deploy.ts --rpc http://127.0.0.1:8545',
      'node scripts/deploy.ts --signer http://127.0.0.1:9000 --account 0x… --dry-run',
    ],
  },
  run: (values, _positionals, signal) => runAdminTask(values, signal, (task) => deployOnce(values, task)),
};

async function deployOnce(values: OptionValues, { session }: AdminTask): Promise<Outcome> {
  const path = deploymentPath(values, session.chainId, 'out');
  const previous = await readDeploymentDraft(path);
  const parameters = { ...DEFAULT_PARAMETERS, ...previous?.parameters, ...givenParameters(values) };
  if (previous !== null) assertSameParameters(previous, parameters, path);
  const save = async (draft: DeploymentDraft): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeDeployment(path, draft);
  };
  const deployment = await deployContracts(session, { parameters, previous, save });
  const known = deployment === previous;
  const text = [
    `membership ${deployment.membership}`,
    `ledger     ${deployment.ledger}`,
    known ? `deployed already, as ${path} says: nothing was changed` : `the deployment file is ${path}`,
  ].join('\n');
  return { text, value: { ...deployment, deploymentFile: path } };
}

function givenParameters(values: OptionValues): Partial<DeploymentParameters> {
  const given = Object.entries(PARAMETERS).filter(([name]) => values[name] !== undefined);
  return Object.fromEntries(given.map(([name, bounds]) => [bounds.field, wholeNumber(values, name, bounds)]));
}

/** What is deployed stays as it is. */
function assertSameParameters({ parameters }: DeploymentDraft, wanted: DeploymentParameters, path: string): void {
  for (const [name, { field }] of Object.entries(PARAMETERS)) {
    if (parameters[field] === wanted[field]) continue;
    throw usageError(
      `--${name} ${wanted[field]}: the deployment of ${path} has ${parameters[field]}; for another deployment name another --out`,
    );
  }
}

process.exitCode = await runCommand(deploy, process.argv.slice(2));
