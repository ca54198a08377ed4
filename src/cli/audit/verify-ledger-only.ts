import { openBundleFile } from '../../audit/open-bundle-file.ts';
import { type LedgerVerification, verifyLedger } from '../../audit/verify-ledger.ts';
import { type OptionValues, usageError } from '../command-line.ts';
import { EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { showProgress } from '../show-progress.ts';
import { describeFindings } from './describe-findings.ts';

/**
 * `audit verify --ledger-only`: the ledger part of a bundle, as a stream and without a chain.
 * @returns the exit code
 * @throws ConsiliumError `cli/usage`; AuditError `audit/bundle-unreadable`
 */
export async function verifyLedgerOnly(values: OptionValues, positionals: readonly string[]): Promise<number> {
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw usageError('name one bundle; see --help');
  if (values.rpc !== undefined || values.contract !== undefined || values.predecessor !== undefined) {
    throw usageError(
      '--ledger-only asks no chain and looks at one bundle: leave out --rpc, --contract and --predecessor',
    );
  }
  const file = await openBundleFile(path);
  try {
    const report = await verifyLedger(file, showProgress('verifying entry', values));
    process.stdout.write(values.json === true ? `${JSON.stringify(report)}\n` : describe(report));
    return report.findings.length === 0 ? EXIT_OK : EXIT_FINDINGS;
  } finally {
    await file.close();
  }
}

function describe({ study, chainId, contract, entries, signatures, head, findings }: LedgerVerification): string {
  return [
    `study ${study}`,
    `ledger ${contract} on chain ${chainId} (not asked: the log is the copy in the bundle)`,
    `${entries} entries and ${signatures} signatures verified, head ${head}`,
    describeFindings(findings, []),
    '',
  ].join('\n');
}
