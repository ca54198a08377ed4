import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { JournalHeader, JournalRecord } from '../../src/ledger/embedded/journal-record.ts';
import { openTransactionJournal } from '../../src/ledger/embedded/transaction-journal.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { announcement, digest } from '../builders.ts';
import { controlRow, type FaultRow, skippedRow } from './fault-row.ts';
import { mountImage, whyNoMounts } from './mounted-disk.ts';

export interface PowerLossScale {
  /** How often the power fails. */
  readonly cuts: number;
  readonly seed: string;
}

/** What a process keeps on a disk, and finds there again. */
interface Keeper {
  /** @returns when it is to be on the disk */
  keep(n: number): Promise<void>;
  close(): Promise<void>;
}

interface Kind {
  readonly name: string;
  open(folder: string): Promise<Keeper>;
  /** Which of the numbers below `count` are there, after the folder was found like that. */
  find(folder: string, count: number): Promise<ReadonlySet<number>>;
}

/**
 * The power fails at random moments between two acknowledgements, with writes under way that nobody was told of. Covers: everything
 * that was not synced is gone, file sizes and folder entries too, and the file system recovers from its own journal (ext4). Does not
 * cover: disks that lie about having written, and sectors torn in the middle; for the journal see torn-journal.ts.
 */
export async function powerLoss(scale: PowerLossScale): Promise<FaultRow[]> {
  const reason = await whyNoMounts();
  if (reason !== null) return [skippedRow('power loss', reason)];
  const rows: FaultRow[] = [];
  for (const kind of [STORE, JOURNAL]) {
    const { kept, lost, failed } = await cutPower(kind, scale);
    rows.push({
      name: `power loss (${kind.name})`,
      target: `${scale.cuts} cuts: 0 acknowledged records lost, opens again`,
      measured: `${kept} acknowledged, ${lost} lost, ${failed} not opened`,
      passed: lost + failed === 0,
      seed: scale.seed,
    });
  }
  for (const kind of [LAZY_STORE, LAZY_JOURNAL]) {
    const { lost, failed } = await cutPower(kind, { cuts: 3, seed: scale.seed });
    rows.push(
      controlRow({
        name: `power loss (${kind.name})`,
        measured: `${lost} lost, ${failed} not opened`,
        noticed: lost,
        seed: scale.seed,
      }),
    );
  }
  return rows;
}

const RECORDS_BETWEEN_CUTS = 12;

async function cutPower(kind: Kind, { cuts, seed }: PowerLossScale) {
  const random = createSeededRandom(seed, kind.name);
  const disk = await mountImage();
  const keeper = await kind.open(disk.folder);
  let kept = 0;
  let lost = 0;
  let failed = 0;
  try {
    for (let cut = 0; cut < cuts; cut++) {
      for (let left = random.integer(RECORDS_BETWEEN_CUTS) + 1; left > 0; left--) await keeper.keep(kept++);
      const after = await disk.afterPowerLoss();
      try {
        const found = await kind.find(after.folder, kept).catch(() => null);
        if (found === null) failed += 1;
        lost += kept - (found?.size ?? 0);
      } finally {
        await after.unmount();
      }
    }
  } finally {
    await keeper.close();
    await disk.unmount();
  }
  return { kept, lost, failed };
}

const STORE: Kind = {
  name: 'peer store',
  open: async (folder) => {
    const store = openPeerStore(join(folder, 'peer.db'));
    return { keep: async (round) => store.keepOwn(announcement(1, { round })), close: async () => store.close() };
  },
  find: async (folder, count) => {
    const store = openPeerStore(join(folder, 'peer.db'));
    const rounds = new Set(store.outbox.pending().map(({ record }) => record.round));
    const guarded = new Set(store.guard.marks().map(({ round }) => round));
    store.close();
    return wholeNumbers(count, (n) => rounds.has(n) && guarded.has(n));
  },
};

/** The control: the same file without syncing. */
const LAZY_STORE: Kind = {
  ...STORE,
  name: 'a store that does not sync',
  open: async (folder) => {
    openPeerStore(join(folder, 'peer.db')).close();
    const database = new DatabaseSync(join(folder, 'peer.db'));
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    return {
      keep: async (round) => {
        database.prepare('INSERT INTO signed (round, hash) VALUES (?, ?)').run(round, digest(`${round}`));
      },
      close: async () => database.close(),
    };
  },
  find: async (folder, count) => {
    const store = openPeerStore(join(folder, 'peer.db'));
    const guarded = new Set(store.guard.marks().map(({ round }) => round));
    store.close();
    return wholeNumbers(count, (n) => guarded.has(n));
  },
};

export const JOURNAL_HEADER: JournalHeader = {
  format: 'consilium-chain/1',
  chainId: 20_201,
  genesisHash: digest('genesis'),
};

export function journalRecord(n: number): JournalRecord {
  return { raw: `0x${'ab'.repeat(150 + (n % 7) * 90)}`, timestamp: n + 1, blockHash: digest(`block ${n}`) };
}

const JOURNAL: Kind = {
  name: 'chain journal',
  open: async (folder) => {
    const journal = await openTransactionJournal(join(folder, 'transactions.jsonl'), JOURNAL_HEADER);
    return { keep: (n) => journal.append(journalRecord(n)), close: () => journal.close() };
  },
  find: async (folder, count) => {
    const journal = await openTransactionJournal(join(folder, 'transactions.jsonl'), JOURNAL_HEADER);
    await journal.close();
    const blocks = new Set(journal.records.map(({ record }) => record.blockHash));
    return wholeNumbers(count, (n) => blocks.has(journalRecord(n).blockHash));
  },
};

/** The control: its lines are written, and never synced. */
const LAZY_JOURNAL: Kind = {
  ...JOURNAL,
  name: 'a journal that does not sync',
  open: async (folder) => {
    const path = join(folder, 'transactions.jsonl');
    await (await openTransactionJournal(path, JOURNAL_HEADER)).close();
    const file = await open(path, 'a');
    return {
      keep: (n) => file.appendFile(`${JSON.stringify(journalRecord(n))}\n`),
      close: () => file.close(),
    };
  },
};

function wholeNumbers(count: number, isThere: (n: number) => boolean): Set<number> {
  return new Set(Array.from({ length: count }, (_, n) => n).filter(isThere));
}
