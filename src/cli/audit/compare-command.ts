import { compareHoldings, type Holding } from '../../audit/compare-holdings.ts';
import type { Difference } from '../../audit/difference.ts';
import { type Bundle, openBundle } from '../../audit/read-bundle.ts';
import type { LedgerReader } from '../../ledger/ledger.ts';
import { usageError } from '../command-line.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { CHAIN_OPTIONS, connectIfAsked } from './chain-options.ts';
import { describePlace } from './describe-findings.ts';

export const auditCompareCommand: Command = {
  spec: {
    usage: 'consilium audit compare <bundle> [<bundle>] [options]',
    summary:
      'Compares two bundles of a study, or the log in a bundle with that of a chain: what is in one and not in the other, what differs, and\n' +
      "where. Neither is taken to be right: 'consilium audit verify' checks each. Exit code 0 if nothing differs, 3 if something does.",
    positionals: true,
    options: {
      rpc: { ...CHAIN_OPTIONS.rpc, help: 'JSON-RPC address of a node, to compare one bundle with a chain' },
      contract: CHAIN_OPTIONS.contract,
      json: { type: 'boolean', help: 'print all differences as JSON' },
    },
    examples: [
      'consilium audit compare mine.car theirs.car',
      'consilium audit compare evidence.car --rpc http://127.0.0.1:8545 --contract 0x…',
    ],
  },
  async run(values, positionals) {
    const [first, second, ...more] = positionals;
    const isChain = values.rpc !== undefined || values.contract !== undefined;
    if (first === undefined || more.length > 0 || (second === undefined) !== isChain) {
      throw usageError('name two bundles, or one bundle and a chain by --rpc and --contract; see --help');
    }
    const ledger = await connectIfAsked(values);
    const bundles: Bundle[] = [];
    try {
      for (const path of positionals) bundles.push(await openBundle(path));
      const differences = await compareHoldings(...(await holdingsOf(bundles, ledger)));
      process.stdout.write(values.json === true ? `${JSON.stringify({ differences })}\n` : describe(differences));
      return differences.length === 0 ? EXIT_OK : EXIT_FINDINGS;
    } finally {
      for (const bundle of bundles) await bundle.close();
      ledger?.close();
    }
  },
};

async function holdingsOf(bundles: readonly Bundle[], ledger: LedgerReader | null): Promise<[Holding, Holding]> {
  const [first, second] = bundles.map(holdingOf);
  if (first === undefined) throw usageError('name a bundle; see --help');
  return [first, second ?? (await chainHolding(first, ledger))];
}

function holdingOf(bundle: Bundle): Holding {
  const { study, chainId, contract, log } = bundle.evidence;
  return { study: { study, chainId, contract }, log, bundle };
}

async function chainHolding({ study: { study } }: Holding, ledger: LedgerReader | null): Promise<Holding> {
  if (ledger === null) throw usageError('name a chain by --rpc and --contract; see --help');
  return { study: { study, ...ledger.domain }, log: await ledger.entries(study, 0), bundle: null };
}

/** More lines than that nobody reads. */
const MAXIMUM_LINES = 200;

function describe(differences: readonly Difference[]): string {
  const lines = differences.slice(0, MAXIMUM_LINES).map((difference) => {
    const place = describePlace(difference);
    const sign = difference.only === null ? '≠' : difference.only === 'first' ? '<' : '>';
    return `${sign} ${difference.what}: ${place === '' ? '' : `${place}: `}${difference.message}`;
  });
  const rest = differences.length - lines.length;
  return [
    ...lines,
    ...(rest > 0 ? [`… and ${rest} more; --json prints all`] : []),
    differences.length === 0 ? 'no differences' : `${differences.length} differences`,
    '',
  ].join('\n');
}
