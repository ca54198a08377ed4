import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isConsiliumError } from '../../src/base/errors.ts';
import { createSeededRandom, type SeededRandom } from '../../src/base/seeded-random.ts';
import { openTransactionJournal } from '../../src/ledger/embedded/transaction-journal.ts';
import { controlRow, type FaultRow } from './fault-row.ts';
import { JOURNAL_HEADER, journalRecord } from './power-loss.ts';

export interface TornScale {
  readonly cuts: number;
  readonly seed: string;
}

const RECORDS = 20;
const SECTOR_BYTES = 512;

/** How the bytes that were not synced can look after a power loss. */
const TAILS: Readonly<Record<string, (unsynced: Buffer, random: SeededRandom) => Buffer>> = {
  gone: () => Buffer.alloc(0),
  torn: (unsynced, random) => unsynced.subarray(0, random.integer(unsynced.length)),
  whole: (unsynced) => unsynced,
  // The file had grown, and its new sectors were never written.
  zeros: (unsynced, random) => Buffer.alloc(random.integer(unsynced.length) + 1),
  // Sectors are written in any order: some are there, all others are zeros.
  scattered: (unsynced, random) => {
    const tail = Buffer.from(unsynced);
    for (let at = 0; at < tail.length; at += SECTOR_BYTES) {
      if (random.integer(2) === 0) tail.fill(0, at, Math.min(at + SECTOR_BYTES, tail.length));
    }
    return tail;
  },
};

/**
 * Replays what a power loss can leave of a journal whose last record was on its way: all that was acknowledged, and any remainder of
 * the rest. Acknowledged records must all be there; a remainder is dropped, or refused with file and line.
 */
export async function tornJournal({ cuts, seed }: TornScale): Promise<FaultRow[]> {
  const sound = await tear({ cuts, seed }, 0);
  const early = await tear({ cuts: Math.min(cuts, 100), seed }, 1);
  return [
    {
      name: 'torn journal',
      target: `${cuts} cuts: 0 acknowledged records lost; remainders dropped, or refused with file and line`,
      measured: `${sound.lost} lost, ${sound.unclear} unclear; ${sound.opened} opened, ${sound.refused} refused with file and line`,
      passed: sound.lost + sound.unclear === 0,
      seed,
    },
    controlRow({
      name: 'torn journal: acknowledged before it is synced',
      measured: `${early.lost} lost`,
      noticed: early.lost,
      seed,
    }),
  ];
}

/** @param early how many records were acknowledged before they were synced */
async function tear({ cuts, seed }: TornScale, early: number) {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-torn-'));
  const path = join(folder, 'transactions.jsonl');
  const random = createSeededRandom(seed, 'torn journal');
  const lines = Array.from({ length: RECORDS + 1 }, (_, n) => Buffer.from(`${JSON.stringify(journalRecord(n))}\n`));
  const header = Buffer.from(`${JSON.stringify(JOURNAL_HEADER)}\n`);
  const kinds = Object.values(TAILS);
  const result = { lost: 0, opened: 0, refused: 0, unclear: 0 };
  for (let cut = 0; cut < cuts; cut++) {
    const synced = random.integer(RECORDS);
    const makeTail = kinds[cut % kinds.length] ?? (() => Buffer.alloc(0));
    const tail = makeTail(lines[synced] ?? Buffer.alloc(0), random);
    await writeFile(path, Buffer.concat([header, ...lines.slice(0, synced), tail]));
    try {
      const journal = await openTransactionJournal(path, JOURNAL_HEADER);
      await journal.close();
      result.opened += 1;
      if (journal.records.length < synced + early) result.lost += 1;
    } catch (error) {
      const details = isConsiliumError(error, 'ledger/journal-damaged') ? error.details : {};
      // The line after the header and all that was synced: nothing that was acknowledged is called damaged.
      if (details['path'] === path && details['line'] === synced + 2) result.refused += 1;
      else result.unclear += 1;
    }
  }
  await rm(folder, { recursive: true });
  return result;
}
