import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Command, EXIT_OK, EXIT_USAGE, runCommand } from './run-command.ts';
import { watchOutput } from './watch-output.ts';

/** A command is loaded only when it is asked for: each one needs other libraries, and those take their time. */
interface CommandEntry {
  readonly words: string;
  readonly summary: string;
  load(): Promise<Command>;
}

const COMMANDS: readonly CommandEntry[] = [
  {
    words: 'demo',
    summary: 'run a whole study on this machine and audit it',
    load: async () => (await import('./demo/demo-command.ts')).demoCommand,
  },
  {
    words: 'demo prepare',
    summary: 'write manifest and data sets for a study by hand',
    load: async () => (await import('./demo/prepare-command.ts')).prepareCommand,
  },
  {
    words: 'demo reference',
    summary: 'train what a demo is compared with',
    load: async () => (await import('./demo/reference-command.ts')).referenceCommand,
  },
  {
    words: 'peer init',
    summary: "make a member's data folder with a new key",
    load: async () => (await import('./peer-init-command.ts')).peerInitCommand,
  },
  {
    words: 'peer start',
    summary: "run a member's peer through its study",
    load: async () => (await import('./peer-start-command.ts')).peerStartCommand,
  },
  {
    words: 'peer observe',
    summary: 'follow a study without taking part, for a regulator',
    load: async () => (await import('./peer-observe-command.ts')).peerObserveCommand,
  },
  {
    words: 'peer status',
    summary: "show where a member's peer stands",
    load: async () => (await import('./peer-status-command.ts')).peerStatusCommand,
  },
  {
    words: 'peer stop',
    summary: "stop a member's peer",
    load: async () => (await import('./peer-stop-command.ts')).peerStopCommand,
  },
  {
    words: 'peer continue',
    summary: "make a member's folder for a study that continues another",
    load: async () => (await import('./peer-continue-command.ts')).peerContinueCommand,
  },
  {
    words: 'peer withdraw',
    summary: 'leave the study for good',
    load: async () => (await import('./peer-withdraw-command.ts')).peerWithdrawCommand,
  },
  {
    words: 'peer guard',
    summary: 'take along what a member has signed',
    load: async () => (await import('./peer-guard-command.ts')).peerGuardCommand,
  },
  {
    words: 'data check',
    summary: "say what a member's files hold",
    load: async () => (await import('./data-check-command.ts')).dataCheckCommand,
  },
  {
    words: 'data deidentify',
    summary: 'write clean copies of DICOM files',
    load: async () => (await import('./data-deidentify-command.ts')).dataDeidentifyCommand,
  },
  {
    words: 'data split',
    summary: "turn a member's files into what its peer trains on",
    load: async () => (await import('./data-split-command.ts')).dataSplitCommand,
  },
  {
    words: 'data value',
    summary: "rank a member's own records, harmful ones first",
    load: async () => (await import('./data-value-command.ts')).dataValueCommand,
  },
  {
    words: 'data erase',
    summary: "destroy a member's data and the key of their commitment",
    load: async () => (await import('./data-erase-command.ts')).dataEraseCommand,
  },
  {
    words: 'data lookup',
    summary: 'show who stands behind a pseudonym',
    load: async () => (await import('./data-lookup-command.ts')).dataLookupCommand,
  },
  {
    words: 'study compose',
    summary: "write a study's manifest",
    load: async () => (await import('./study-compose-command.ts')).studyComposeCommand,
  },
  {
    words: 'study rollback',
    summary: "go on without a member's work, from before it was mixed",
    load: async () => (await import('./study-rollback-command.ts')).studyRollbackCommand,
  },
  {
    words: 'evidence',
    summary: "collect stopped members' evidence into a bundle",
    load: async () => (await import('./evidence-command.ts')).evidenceCommand,
  },
  {
    words: 'audit list',
    summary: "list the studies of a ledger, or what is in a study's log",
    load: async () => (await import('./audit/list-command.ts')).auditListCommand,
  },
  {
    words: 'audit show',
    summary: 'show a study, a member, a round or a record from a bundle',
    load: async () => (await import('./audit/show-command.ts')).auditShowCommand,
  },
  {
    words: 'audit serve',
    summary: 'look at a study in the browser',
    load: async () => (await import('./audit/serve-command.ts')).auditServeCommand,
  },
  {
    words: 'audit verify',
    summary: 'verify a study from its bundle and the ledger, and repeat its mixes',
    load: async () => (await import('./audit/verify-command.ts')).auditVerifyCommand,
  },
  {
    words: 'audit recompute',
    summary: "repeat an evaluator's scores from the evidence",
    load: async () => (await import('./audit/recompute-command.ts')).auditRecomputeCommand,
  },
  {
    words: 'audit replay',
    summary: 'repeat mixes bit for bit',
    load: async () => (await import('./audit/replay-command.ts')).auditReplayCommand,
  },
  {
    words: 'audit prove',
    summary: 'cut the proof of one segment out of a bundle',
    load: async () => (await import('./audit/prove-command.ts')).auditProveCommand,
  },
  {
    words: 'audit check-proof',
    summary: 'check such a proof, without model and bundle',
    load: async () => (await import('./audit/check-proof-command.ts')).auditCheckProofCommand,
  },
  {
    words: 'audit reproduce',
    summary: "train one of a member's own recorded rounds again",
    load: async () => (await import('./audit/reproduce-command.ts')).auditReproduceCommand,
  },
  {
    words: 'audit lineage',
    summary: 'show which contributions a model is made of',
    load: async () => (await import('./audit/lineage-command.ts')).auditLineageCommand,
  },
  {
    words: 'audit export',
    summary: 'write a bundle into tables for spreadsheets',
    load: async () => (await import('./audit/export-command.ts')).auditExportCommand,
  },
  {
    words: 'audit compare',
    summary: 'compare two bundles, or a bundle and a chain',
    load: async () => (await import('./audit/compare-command.ts')).auditCompareCommand,
  },
  {
    words: 'audit participation',
    summary: 'who was expected and heard of in each round',
    load: async () => (await import('./audit/participation-command.ts')).auditParticipationCommand,
  },
  {
    words: 'audit metrics',
    summary: "the sites' signed figures: calibration, and by sex and age",
    load: async () => (await import('./audit/metrics-command.ts')).auditMetricsCommand,
  },
  {
    words: 'model describe',
    summary: "a network's layers and parameters",
    load: async () => (await import('./model-describe-command.ts')).modelDescribeCommand,
  },
  {
    words: 'privacy epsilon',
    summary: 'what steps of private training cost',
    load: async () => (await import('./privacy-epsilon-command.ts')).privacyEpsilonCommand,
  },
  {
    words: 'privacy plan',
    summary: 'the noise that keeps a study within its budget',
    load: async () => (await import('./privacy-plan-command.ts')).privacyPlanCommand,
  },
  {
    words: 'chain',
    summary: 'run the embedded chain',
    load: async () => (await import('./chain-command.ts')).chainCommand,
  },
];

function overview(commands: readonly CommandEntry[]): string {
  const rows = commands.map(({ words, summary }) => `  ${words.padEnd(20)} ${summary}`);
  const hint = "'consilium <command> --help' explains a command.";
  return ['Usage: consilium <command> [options]', '', 'Commands:', ...rows, '', hint, ''].join('\n');
}

async function main(args: readonly string[]): Promise<number> {
  const unread = watchOutput();
  for (const length of [2, 1]) {
    const entry = COMMANDS.find(({ words }) => words === args.slice(0, length).join(' '));
    if (entry !== undefined) return runCommand(await entry.load(), args.slice(length), unread);
  }
  const isAskedFor = args.includes('--help') || args[0] === 'help';
  if (args.length === 0 || args[0] === '--help' || args[0] === 'help') {
    process.stdout.write(overview(COMMANDS));
    return isAskedFor ? EXIT_OK : EXIT_USAGE;
  }
  const group = COMMANDS.filter(({ words }) => words.startsWith(`${args[0]} `));
  if (group.length > 0 && (args.length === 1 || isAskedFor)) {
    process.stdout.write(overview(group));
    return isAskedFor ? EXIT_OK : EXIT_USAGE;
  }
  process.stderr.write(`cli/usage: there is no command '${args.join(' ')}'; see 'consilium --help'\n`);
  return EXIT_USAGE;
}

enableCompileCache(fileURLToPath(new URL('../../.consilium/compile-cache', import.meta.url)));
process.exitCode = await main(process.argv.slice(2));
