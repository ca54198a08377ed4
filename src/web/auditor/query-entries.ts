import type { ListedEntry } from '../../audit/list-entries.ts';
import { LISTED_KINDS } from '../../audit/listed-kinds.ts';

/** What is looked for in a log; texts are as the reader typed them. */
export interface EntryQuery {
  /** Words that must all be there: the beginning of an account or digest, a kind, a round or `entry:<n>`. */
  readonly text: string;
  /** Empty for all. */
  readonly kind: string;
  /** From 0. */
  readonly page: number;
}

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

/** The words of a query as it came in an address; what makes no sense counts as its nearest sense. */
export function readEntryQuery(query: Readonly<Record<string, string>>): EntryQuery {
  const page = Number(query['page'] ?? 0);
  return {
    text: (query['text'] ?? '').slice(0, MAXIMUM_TEXT),
    kind: LISTED_KINDS.find((kind) => kind === query['kind']) ?? '',
    page: Number.isSafeInteger(page) && page > 0 ? page : 0,
  };
}

/** One page of the entries that match, in the order of the log. Words are compared, never run as patterns. */
export function queryEntries(rows: readonly ListedEntry[], { text, kind, page }: EntryQuery): EntryPage {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MAXIMUM_WORDS);
  const found = rows.filter((row) => (kind === '' || row.kind === kind) && words.every((word) => matches(row, word)));
  const pages = Math.max(1, Math.ceil(found.length / PAGE_ROWS));
  const shown = Math.min(Math.max(0, page), pages - 1);
  return { total: found.length, page: shown, pages, rows: found.slice(shown * PAGE_ROWS, (shown + 1) * PAGE_ROWS) };
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
