import { useEffect, useState } from 'preact/hooks';
import { ALL_ENTRIES, type EntryQuery, readEntryQuery, writeEntryQuery } from '../../auditor/query-entries.ts';

/** The parts of a study that have a page of their own, with their names in the navigation. */
export const STUDY_PAGES = {
  overview: 'Overview',
  participation: 'Participation',
  ledger: 'Ledger',
  values: 'Values',
  metrics: 'Metrics',
  lineage: 'Lineage',
  findings: 'Findings',
} as const;

export type StudyPage = keyof typeof STUDY_PAGES;

/** What the address names. */
export type AuditPlace =
  | { readonly page: 'studies' }
  | { readonly page: 'verify' }
  | { readonly page: Exclude<StudyPage, 'ledger'>; readonly study: string }
  | { readonly page: 'ledger'; readonly study: string; readonly query: EntryQuery }
  | { readonly page: 'contribution'; readonly study: string; readonly account: string; readonly round: number };

/** The address of a place, within the page. */
export function linkTo(place: AuditPlace): string {
  if (place.page === 'studies') return '#/';
  if (place.page === 'verify') return '#/verify';
  if (place.page === 'contribution') return `#/study/${place.study}/contribution/${place.account}/${place.round}`;
  return place.page === 'ledger' ? linkToEntries(place.study, place.query) : `#/study/${place.study}/${place.page}`;
}

/** The address of what is looked for in a study's log. */
export function linkToEntries(study: string, query: Partial<EntryQuery> = {}): string {
  const { text, ...rest } = writeEntryQuery({ ...ALL_ENTRIES, ...query });
  const path = `#/study/${study}/ledger${text === undefined ? '' : `/${encodeURIComponent(text)}`}`;
  const search = new URLSearchParams(rest).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** What is no address of ours is the list of studies. */
export function readPlace(fragment: string): AuditPlace {
  const [path = '', search] = fragment.split('?');
  const [kind, study = '', page = 'overview', ...rest] = path.replace(/^#\/?/, '').split('/');
  if (kind === 'verify') return { page: 'verify' };
  if (kind !== 'study' || study === '') return { page: 'studies' };
  if (page === 'contribution') {
    const [account = '', round = ''] = rest;
    return /^\d{1,10}$/.test(round) ? { page, study, account, round: Number(round) } : { page: 'studies' };
  }
  const known = Object.keys(STUDY_PAGES).find((each): each is StudyPage => each === page);
  if (known === undefined) return { page: 'studies' };
  if (known !== 'ledger') return { page: known, study };
  const given = Object.fromEntries(new URLSearchParams(search));
  return { page: known, study, query: readEntryQuery({ ...given, text: decode(rest.join('/')) }) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The place that the address names now; moving on begins at the top, with the focus on the content. */
export function usePlace(): AuditPlace {
  const [place, setPlace] = useState(() => readPlace(location.hash));
  useEffect(() => {
    const follow = (): void => {
      setPlace(readPlace(location.hash));
      scrollTo(0, 0);
      document.getElementById('main')?.focus({ preventScroll: true });
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return place;
}
