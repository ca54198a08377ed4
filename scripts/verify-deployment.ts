import { type Command, EXIT_FINDINGS, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { type Check, verifyDeployment } from '../src/ledger/admin/verify-deployment.ts';
import { READING_OPTIONS } from './admin-options.ts';
import { withDeployment } from './read-deployment.ts';

const verify: Command = {
  spec: {
    usage: 'node scripts/verify-deployment.ts [options]',
    summary:
      'Compares the contracts on chain with this build and with the deployment file: code, immutables, administrator, roles and\n' +
      'governance. Needs no key. Exit code 3 if something differs.',
    options: READING_OPTIONS,
    examples: ['node scripts/verify-deployment.ts --rpc http://127.0.0.1:8545'],
  },
  async run(values) {
    return withDeployment(values, async (provider, { chainId, membership, ledger, ...deployment }) => {
      const checks = await verifyDeployment(provider, { chainId, membership, ledger, ...deployment });
      const ok = checks.every((check) => check.ok);
      const document = { ok, chainId, membership, ledger, checks };
      process.stdout.write(`${values.json === true ? JSON.stringify(document) : describe(checks)}\n`);
      return ok ? EXIT_OK : EXIT_FINDINGS;
    });
  },
};

function describe(checks: readonly Check[]): string {
  const lines = checks.map(({ what, expected, found, ok }) =>
    ok ? `ok       ${what}: ${found}` : `DIFFERS  ${what}: expected ${expected}, found ${found}`,
  );
  const differing = checks.filter(({ ok }) => !ok).length;
  return [...lines, differing === 0 ? 'everything matches' : `${differing} of ${checks.length} differ`].join('\n');
}

process.exitCode = await runCommand(verify, process.argv.slice(2));
