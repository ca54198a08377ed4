import { isDeepStrictEqual } from 'node:util';
import { isConsiliumError, messageOf } from '../../src/base/errors.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { LedgerReader } from '../../src/ledger/ledger.ts';
import { createLedgerIndex } from '../../src/ledger/ledger-index.ts';
import { hashContent, initialHead, type LedgerEntry, nextHead } from '../../src/protocol/ledger-entry.ts';
import { controlRow, type FaultRow } from './fault-row.ts';
import { inLanes } from './lanes.ts';
import { type Mutation, mutateLogs, reorderLogs } from './mutate-logs.ts';
import { type RawLog, type RecordedNode, recordNode } from './recorded-node.ts';

export interface LiesScale {
  readonly edits: number;
  readonly seed: string;
}

/** ethers waits a turn of the event loop before each question: several indexes use the time. */
const LANES = 6;
/** Other orders of the same logs, for each this many lies. */
const LIES_PER_REORDERING = 10;

/** A node tells lies about a short log; the index must refuse each, and name the first entry that is wrong. */
export async function lies({ edits, seed }: LiesScale): Promise<FaultRow[]> {
  const node = await recordNode();
  try {
    const random = createSeededRandom(seed, 'lies');
    const mutations = Array.from({ length: edits }, () => mutateLogs(node.logs, random));
    const reorderings = Array.from({ length: edits / LIES_PER_REORDERING }, () => reorderLogs(node.logs, random));
    const told = await tell(node, [...mutations, ...reorderings]);
    const trusted = await tell(node, mutations.slice(0, Math.min(edits, 200)), withoutHeadCheck);
    return [
      {
        name: 'lies',
        target: `${edits} edits, omissions and duplicates: 0 accepted, 0 named wrongly; ${reorderings.length} reorderings: 0 believed`,
        measured:
          `${told.accepted} accepted, ${told.misnamed} named wrongly, ${told.refused} refused, ` +
          `${told.harmless} said the same as the truth${told.examples}`,
        passed: told.accepted + told.misnamed === 0 && told.refused > edits / 2,
        seed,
      },
      controlRow({
        name: 'lies: an index that does not check heads',
        measured: `${trusted.accepted} of 200 accepted`,
        noticed: trusted.accepted,
        seed,
      }),
    ];
  } finally {
    node.stop();
  }
}

interface Told {
  accepted: number;
  misnamed: number;
  refused: number;
  /** The index has the true log all the same: bits that no field has, or another order. */
  harmless: number;
  examples: string;
}

async function tell(
  node: RecordedNode,
  mutations: readonly Mutation[],
  wrap: (reader: LedgerReader) => LedgerReader = (reader) => reader,
): Promise<Told> {
  const told: Told = { accepted: 0, misnamed: 0, refused: 0, harmless: 0, examples: '' };
  const said: (readonly RawLog[])[] = Array.from({ length: LANES }, () => node.logs);
  const connections = await Promise.all(said.map((_, lane) => node.connect(() => said[lane] ?? [])));
  await inLanes(mutations, LANES, async (mutation, lane) => {
    said[lane] = mutation.logs;
    const outcome = await listen(node, wrap(connections[lane] as LedgerReader));
    const verdict = judge(node, mutation, outcome);
    told[verdict] += 1;
    if (verdict === 'misnamed' || verdict === 'accepted') {
      if (told.examples.length < 300)
        told.examples += `; ${mutation.kind} at ${mutation.firstWrong}: ${describe(outcome)}`;
    }
  });
  for (const connection of connections) connection.close();
  return told;
}

/** What an index makes of a node: the log, the first wrong entry, or the message of another error. */
type Outcome = readonly LedgerEntry[] | number | string;

async function listen(node: RecordedNode, reader: LedgerReader): Promise<Outcome> {
  const index = createLedgerIndex(reader, node.study);
  try {
    await index.refresh();
    return index.entries();
  } catch (error) {
    // Anything else that is thrown tells the operator nothing about who lied, and where.
    return isConsiliumError(error, 'ledger/inconsistent') ? Number(error.details['sequence']) : messageOf(error);
  }
}

function judge(
  node: RecordedNode,
  { firstWrong }: Mutation,
  outcome: Outcome,
): 'accepted' | 'misnamed' | 'refused' | 'harmless' {
  if (typeof outcome === 'string') return 'misnamed';
  if (typeof outcome === 'number') return outcome === firstWrong ? 'refused' : 'misnamed';
  return isDeepStrictEqual(outcome.map(said), node.truth.map(said)) ? 'harmless' : 'accepted';
}

/** What the ledger vouches for: content, place and head, but not the block. */
function said(entry: LedgerEntry): unknown {
  return [entry.kind, hashContent(entry), entry.sequence, entry.head];
}

const describe = (outcome: Outcome): string => (typeof outcome === 'object' ? 'accepted' : `said ${outcome}`);

/** As if the index took entries as they come: heads and numbers are made to fit whatever the node says. */
function withoutHeadCheck(reader: LedgerReader): LedgerReader {
  const fitting = async (study: Parameters<LedgerReader['entries']>[0]): Promise<LedgerEntry[]> => {
    let head = initialHead(reader.domain, study);
    return (await reader.entries(study, 0)).map((entry, sequence) => {
      head = nextHead(head, entry);
      return { ...entry, sequence, head };
    });
  };
  return {
    ...reader,
    entries: async (study, from) => (await fitting(study)).slice(from),
    study: async (study) => {
      const [state, entries] = [await reader.study(study), await fitting(study)];
      return state && { ...state, length: entries.length, head: entries.at(-1)?.head ?? state.head };
    },
  };
}
