import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LedgerReader } from '../../src/ledger/ledger.ts';
import { ALL_ENTRIES } from '../../src/web/auditor/query-entries.ts';
import { shelfOfLedger } from '../../src/web/auditor/shelves.ts';
import { type OpenedSynthetic, openSyntheticStudy } from './open-synthetic-study.ts';

describe('the studies of a ledger', () => {
  let opened: OpenedSynthetic;
  beforeAll(async () => {
    opened = await openSyntheticStudy('a study');
  });
  afterAll(() => opened.close());

  /** The ledger as it was after `length` entries, noting from where it is read. */
  function ledgerAt(time: { length: number }, reads: number[], forged: { head?: `0x${string}` } = {}): LedgerReader {
    const { synthetic } = opened;
    const reader = synthetic.ledger.as(synthetic.evidence.announcements[0]?.record.member ?? '0x');
    return {
      ...reader,
      domain: reader.domain,
      study: async (study) => {
        const state = await reader.study(study);
        const head = (await reader.entries(study, 0))[time.length - 1]?.head ?? '0x';
        return state && { ...state, length: time.length, head: forged.head ?? head, open: true };
      },
      entries: async (study, from) => {
        reads.push(from);
        return (await reader.entries(study, 0)).slice(from, time.length);
      },
    };
  }

  test('are read whole once, and then only as far as they grew', async () => {
    const [time, reads] = [{ length: 10 }, [] as number[]];
    let now = 0;
    const shelf = shelfOfLedger(ledgerAt(time, reads), () => now);
    const { study } = opened.study;
    expect((await shelf.open(study))?.row().entries).toBe(10);
    now += 60_000;
    await shelf.open(study);
    expect(reads).toEqual([0]);
    time.length = 14;
    now += 60_000;
    const grown = await shelf.open(study);
    expect(reads).toEqual([0, 10]);
    expect(grown?.entries(ALL_ENTRIES).total).toBe(14);
    expect(grown?.view().check).toMatchObject({ state: 'done', findings: [] });
  });

  test('are read anew where the ledger goes back, and say what does not fit', async () => {
    const [time, reads, forged] = [{ length: 14 }, [] as number[], {} as { head?: `0x${string}` }];
    let now = 0;
    const shelf = shelfOfLedger(ledgerAt(time, reads, forged), () => now);
    const { study } = opened.study;
    await shelf.open(study);
    time.length = 9;
    now += 60_000;
    expect((await shelf.open(study))?.row().entries).toBe(9);
    expect(reads).toEqual([0, 14, 0]);
    forged.head = `0x${'ab'.repeat(32)}`;
    now += 60_000;
    const { check } = (await shelf.open(study))?.view() ?? {};
    expect(check?.state === 'done' ? check.findings.length : 0).toBeGreaterThan(0);
  });
});
