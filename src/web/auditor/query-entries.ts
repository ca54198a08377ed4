import type { ListedEntry } from '../../audit/list-entries.ts';
import { LISTED_KINDS } from '../../audit/listed-kinds.ts';
import type { MemberRow } from './audit-view.ts';

/** What entries can be put in order of; of members that is their position. */
export const SORT_KEYS = ['entry', 'kind', 'round', 'member', 'block'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** What is looked for in a log; texts are as the reader typed them. */
export interface EntryQuery {
  /** Words that must all be there: the beginning of an account or digest, a kind, a round or `entry:<n>`. */
  readonly text: string;
  /** Empty for all. */
  readonly kind: string;
  readonly sort: SortKey;
  readonly descending: boolean;
  /** From 0. */
  readonly page: number;
}

/** The whole log in its own order. */
export const ALL_ENTRIES: EntryQuery = { text: '', kind: '', sort: 'entry', descending: false, page: 0 };

/** The parameters of a query in an address. */
export const QUERY_NAMES = ['text', 'kind', 'sort', 'page'] as const;

export interface EntryPage {
  /** How many match, on all pages. */
  readonly total: number;
  /** The page that these are, within what there is. */
  readonly page: number;
  readonly pages: number;
  readonly rows: readonly ListedEntry[];
}

export const PAGE_ROWS = 50;
/** Words beyond this many are not looked at. */
const MAXIMUM_WORDS = 16;
const MAXIMUM_TEXT = 512;

/** A query as it came in an address; what makes no sense counts as its nearest sense. */
export function readEntryQuery(query: Readonly<Record<string, string>>): EntryQuery {
  const [sort, page] = [query['sort'] ?? '', Number(query['page'] ?? 1)];
  return {
    text: (query['text'] ?? '').slice(0, MAXIMUM_TEXT),
    kind: LISTED_KINDS.find((kind) => kind === query['kind']) ?? '',
    sort: SORT_KEYS.find((key) => key === sort.replace(/^-/, '')) ?? 'entry',
    descending: sort.startsWith('-'),
    page: Number.isSafeInteger(page) && page > 1 ? page - 1 : 0,
  };
}

/** A query for an address: what is as in {@link ALL_ENTRIES} is left out; pages count from 1. */
export function writeEntryQuery({ text, kind, sort, descending, page }: EntryQuery): Record<string, string> {
  return {
    ...(text === '' ? {} : { text }),
    ...(kind === '' ? {} : { kind }),
    ...(sort === 'entry' && !descending ? {} : { sort: `${descending ? '-' : ''}${sort}` }),
    ...(page === 0 ? {} : { page: String(page + 1) }),
  };
}

/** One page of the entries that match. Words are compared, never run as patterns. */
export function queryEntries(
  rows: readonly ListedEntry[],
  { text, kind, sort, descending, page }: EntryQuery,
  members: readonly Pick<MemberRow, 'position' | 'accounts'>[],
): EntryPage {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MAXIMUM_WORDS);
  const found = rows.filter((row) => (kind === '' || row.kind === kind) && words.every((word) => matches(row, word)));
  const sorted = sortRows(found, keyReader(sort, members), descending);
  const pages = Math.max(1, Math.ceil(found.length / PAGE_ROWS));
  const shown = Math.min(Math.max(0, page), pages - 1);
  return { total: found.length, page: shown, pages, rows: sorted.slice(shown * PAGE_ROWS, (shown + 1) * PAGE_ROWS) };
}

type Key = number | string | null;

function keyReader(
  sort: SortKey,
  members: readonly Pick<MemberRow, 'position' | 'accounts'>[],
): (row: ListedEntry) => Key {
  const positions = new Map(members.flatMap(({ position, accounts }) => accounts.map((each) => [each, position])));
  switch (sort) {
    case 'entry':
      return ({ entry }) => entry;
    case 'kind':
      return ({ kind }) => kind;
    case 'round':
      return ({ round }) => round;
    case 'member':
      return ({ member }) => (member === null ? null : (positions.get(member) ?? null));
    case 'block':
      return ({ blockNumber }) => blockNumber;
  }
}

/** Rows without a key come last either way, and rows with equal keys stay in their order. */
function sortRows(
  rows: readonly ListedEntry[],
  keyOf: (row: ListedEntry) => Key,
  descending: boolean,
): readonly ListedEntry[] {
  const way = descending ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return a.key < b.key ? -way : a.key > b.key ? way : 0;
  });
  return keyed.map(({ row }) => row);
}

function matches(row: ListedEntry, word: string): boolean {
  if (word.startsWith('entry:')) return String(row.entry) === word.slice('entry:'.length);
  if (/^\d+$/.test(word)) return row.round === Number(word);
  if (!word.startsWith('0x')) return row.kind.startsWith(word);
  if (row.member?.startsWith(word) === true || row.transaction?.startsWith(word) === true) return true;
  return Object.values(row.record).some((value) => isHexFrom(value, word));
}

function isHexFrom(value: unknown, beginning: string): boolean {
  if (Array.isArray(value)) return value.some((each) => isHexFrom(each, beginning));
  return typeof value === 'string' && value.startsWith(beginning);
}
