import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL_ENTRIES } from '../../src/web/auditor/query-entries.ts';
import { shelfOfLedger } from '../../src/web/auditor/shelves.ts';
import { ledgerAt } from './ledger-at.ts';
import { type OpenedSynthetic, openSyntheticStudy } from './open-synthetic-study.ts';

describe('the studies of a ledger', () => {
  let opened: OpenedSynthetic;
  beforeAll(async () => {
    opened = await openSyntheticStudy('a study');
  });
  afterAll(() => opened.close());

  test('are read whole once, and then only as far as they grew', async () => {
    const [time, reads] = [{ length: 10 }, [] as number[]];
    let now = 0;
    const shelf = shelfOfLedger(ledgerAt(opened.synthetic, time, reads), () => now);
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
    const shelf = shelfOfLedger(ledgerAt(opened.synthetic, time, reads, forged), () => now);
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

  test('tell how long ago they were read and when to ask again, until they are closed', async () => {
    const [time, reads] = [{ length: 10, isClosed: false }, [] as number[]];
    let now = 0;
    const shelf = shelfOfLedger(ledgerAt(opened.synthetic, time, reads), () => now);
    const { study } = opened.study;
    const head = opened.study.rows.length;
    expect(head).toBeGreaterThan(12);
    const first = await shelf.look(study);
    expect(first).toMatchObject({ secondsAgo: 0, againSeconds: 5, isSilent: false });
    now += 3_000;
    time.length = 12;
    expect(await shelf.look(study)).toEqual({ ...first, secondsAgo: 3 }); // read again no sooner than in five seconds
    now += 3_000;
    time.isClosed = true;
    const grown = await shelf.look(study);
    expect(grown).toMatchObject({ secondsAgo: 0, againSeconds: null });
    expect(grown?.head).toBe((await shelf.open(study))?.view().head);
    expect(grown?.head).not.toBe(first?.head);
    expect(await shelf.look(`0x${'0'.repeat(64)}`)).toBeNull();
  });

  test('are shown as they were while the chain does not answer, and say so', async () => {
    const [time, reads] = [{ length: 10, isSilent: true }, [] as number[]];
    let now = 0;
    const shelf = shelfOfLedger(ledgerAt(opened.synthetic, time, reads), () => now);
    const { study } = opened.study;
    await expect(shelf.open(study)).rejects.toMatchObject({ code: 'ledger/unreachable' }); // nothing is known of it yet
    time.isSilent = false;
    await shelf.open(study);
    time.isSilent = true;
    now += 60_000;
    expect(await shelf.look(study)).toMatchObject({ secondsAgo: 60, isSilent: true });
    expect((await shelf.open(study))?.row().entries).toBe(10);
    time.isSilent = false;
    time.length = 14;
    expect(await shelf.look(study)).toMatchObject({ secondsAgo: 0, isSilent: false });
    expect(reads).toEqual([0, 10]);
  });

  test('are read once for all who ask at the same time', async () => {
    const reads: number[] = [];
    const shelf = shelfOfLedger(ledgerAt(opened.synthetic, { length: 10 }, reads), () => 0);
    const { study } = opened.study;
    await Promise.all([shelf.open(study), shelf.look(study), shelf.open(study)]);
    expect(reads).toEqual([0]);
  });
});
