import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ListedEntry } from '../../src/audit/list-entries.ts';
import {
  ALL_ENTRIES,
  type EntryQuery,
  PAGE_ROWS,
  queryEntries,
  readEntryQuery,
  SORT_KEYS,
  writeEntryQuery,
} from '../../src/web/auditor/query-entries.ts';
import { linkToEntries, readPlace } from '../../src/web/client/auditor/place.ts';
import { type OpenedSynthetic, openSyntheticStudy } from './open-synthetic-study.ts';

const STUDY = `0x${'12'.repeat(32)}`;

describe('a query of a log', () => {
  let opened: OpenedSynthetic;
  let rows: readonly ListedEntry[];
  beforeAll(async () => {
    opened = await openSyntheticStudy('a study');
    // Two that were signed and not recorded, at the end as a bundle lists them.
    const [one, other] = opened.study.rows.filter(({ kind }) => kind === 'contribution');
    if (one === undefined || other === undefined) throw new Error('there are contributions');
    const nowhere = { entry: null, blockNumber: null, transaction: null };
    rows = [...opened.study.rows, { ...one, ...nowhere }, { ...other, ...nowhere }];
  });
  afterAll(() => opened.close());

  const find = (query: Partial<EntryQuery>) =>
    queryEntries(rows, { ...ALL_ENTRIES, ...query }, opened.study.view().members).rows;

  test('is answered in the order of the log, and backwards with what was never recorded still last', () => {
    const places = find({}).map(({ entry }) => entry);
    expect(places).toEqual(rows.map(({ entry }) => entry));
    expect(find({ descending: true }).map(({ entry }) => entry)).toEqual([
      ...places.filter((entry) => entry !== null).toReversed(),
      null,
      null,
    ]);
  });

  test('puts equal rows in the order of the log either way', () => {
    for (const descending of [false, true]) {
      const found = find({ sort: 'round', descending });
      const last = found.findIndex(({ round }) => round === null);
      expect(found.slice(last).every(({ round }) => round === null)).toBe(true);
      const told = found.slice(0, last).map(({ round }) => Number(round));
      expect(told).toEqual(told.toSorted((a, b) => (descending ? b - a : a - b)));
      for (const round of new Set(told)) {
        const places = found.flatMap((row) => (row.round === round && row.entry !== null ? row.entry : []));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }
    }
  });

  test('puts members in the order in which they joined, whatever their accounts', () => {
    const joined = opened.study.view().members.map(({ account }) => account);
    const found = find({ sort: 'member' }).flatMap(({ member }) => member ?? []);
    expect([...new Set(found)]).toEqual(joined);
    expect(joined).not.toEqual(joined.toSorted());
  });

  test('sorts what was found, before it is cut into pages', () => {
    const many = Array.from({ length: 3 * PAGE_ROWS }, (_, entry) => ({ ...rows[0], entry }) as ListedEntry);
    const query = { ...ALL_ENTRIES, descending: true, page: 1 };
    const { rows: shown, total, pages } = queryEntries(many, query, []);
    expect([shown[0]?.entry, total, pages]).toEqual([2 * PAGE_ROWS - 1, 3 * PAGE_ROWS, 3]);
  });
});

describe('the address of a query', () => {
  const queries: EntryQuery[] = [
    ALL_ENTRIES,
    { ...ALL_ENTRIES, text: '0xab 3 closing?&=/%#', kind: 'closing', page: 7 },
    ...SORT_KEYS.flatMap((sort) => [false, true].map((descending) => ({ ...ALL_ENTRIES, sort, descending }))),
  ];

  test.each(queries)('says all of it: %o', (query) => {
    expect(readEntryQuery(writeEntryQuery(query))).toEqual(query);
    expect(readPlace(linkToEntries(STUDY, query))).toEqual({ page: 'ledger', study: STUDY, query });
  });

  test('is short for the whole log', () => {
    expect(linkToEntries(STUDY)).toBe(`#/study/${STUDY}/ledger`);
    expect(linkToEntries(STUDY, { sort: 'round', descending: true, page: 1 })).toMatch(/ledger\?sort=-round&page=2$/);
  });

  test.each(['kind=nothing&sort=transaction&page=-3', 'sort=__proto__&page=1e99', 'sort=--entry&page=NaN', 'page=0'])(
    'takes what makes no sense for the whole log: %s',
    (search) => {
      const { descending, ...query } = readEntryQuery(Object.fromEntries(new URLSearchParams(search)));
      expect({ ...query, descending: false }).toEqual(ALL_ENTRIES);
      expect(descending).toBe(search.startsWith('sort=-'));
    },
  );
});
