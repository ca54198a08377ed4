import type { EntryQuery, SortKey } from '../../auditor/query-entries.ts';

export interface SortHeaderProps {
  readonly name: string;
  readonly sort: SortKey;
  readonly query: EntryQuery;
  readonly className?: string;
  readonly onSort: (order: Pick<EntryQuery, 'sort' | 'descending'>) => void;
}

/** The head of a column by which rows can be put in order: once upwards, once more downwards. */
export function SortHeader({ name, sort, query, className, onSort }: SortHeaderProps) {
  const isSorted = query.sort === sort;
  const state = !isSorted ? 'none' : query.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" class={className} aria-sort={state}>
      <button type="button" class="sort" onClick={() => onSort({ sort, descending: isSorted && !query.descending })}>
        {name}
        <span class="sort-arrow" aria-hidden="true">
          {!isSorted ? '' : query.descending ? '▼' : '▲'}
        </span>
      </button>
    </th>
  );
}
