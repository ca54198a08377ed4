import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ListedEntry } from '../../../audit/list-entries.ts';
import { LISTED_KINDS } from '../../../audit/listed-kinds.ts';
import type { AuditView } from '../../auditor/audit-view.ts';
import type { EntryPage, EntryQuery } from '../../auditor/query-entries.ts';
import { counted, milliNats, whole } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Empty, Failed, Loading } from '../shell/states.tsx';
import { useAnswer } from '../shell/use-answer.ts';
import type { AuditSource } from './audit-source.ts';
import { HexText, MemberLabel, memberName } from './names.tsx';
import { linkTo, linkToEntries } from './place.ts';
import { SortHeader, type SortHeaderProps } from './sort-header.tsx';

const NOTE =
  'Search by the beginning of an account, of any digest in a record or of a transaction (0x…), by kind, by round (a number) or place (entry:12); several words must all match. The head of a column sorts by it.';

export interface LedgerPageProps {
  readonly source: AuditSource;
  readonly view: AuditView;
  /** What is looked for first; another one begins anew. */
  readonly place: { readonly query: EntryQuery };
}

/** The study's log, to be searched and sorted; the address keeps what is looked for, so that it can be linked. */
export function LedgerPage({ source, view, place }: LedgerPageProps) {
  const [query, setQuery] = useState(place.query);
  useEffect(() => setQuery(place.query), [place]);
  const look = (change: Partial<EntryQuery>): void => {
    const next = { ...query, page: 0, ...change };
    history.replaceState(null, '', linkToEntries(view.study, next));
    setQuery(next);
  };
  const answer = useAnswer(
    (signal) => source.entries(view.study, query, signal),
    [source, view.study],
    [query, view.head],
  );
  return (
    <Section id="ledger" title="Ledger" note={NOTE}>
      <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
        <label>
          Search
          <input
            type="search"
            value={query.text}
            spellcheck={false}
            onInput={({ currentTarget }) => look({ text: currentTarget.value })}
          />
        </label>
        <label>
          Kind
          <select value={query.kind} onChange={({ currentTarget }) => look({ kind: currentTarget.value })}>
            <option value="">all</option>
            {LISTED_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {kind}
              </option>
            ))}
          </select>
        </label>
      </form>
      {answer.state === 'loading' ? <Loading what="entries" /> : null}
      {answer.state === 'failed' ? <Failed {...answer} /> : null}
      {answer.value !== null ? (
        <>
          <Pager entries={answer.value} onPage={(page) => look({ page })} />
          {answer.value.total === 0 ? (
            <Empty>No entry matches.</Empty>
          ) : (
            <Entries view={view} entries={answer.value} query={query} onSort={look} />
          )}
        </>
      ) : null}
    </Section>
  );
}

function Pager({ entries: { total, page, pages }, onPage }: { entries: EntryPage; onPage: (page: number) => void }) {
  return (
    <p class="pager" role="status">
      <span>
        {counted(total, 'entry', 'entries')}, page {whole(page + 1)} of {whole(pages)}
      </span>
      {pages === 1 ? null : (
        <>
          <button type="button" disabled={page === 0} onClick={() => onPage(page - 1)}>
            Previous
          </button>
          <button type="button" disabled={page + 1 >= pages} onClick={() => onPage(page + 1)}>
            Next
          </button>
        </>
      )}
    </p>
  );
}

type EntriesProps = Pick<SortHeaderProps, 'query' | 'onSort'> & {
  readonly view: AuditView;
  readonly entries: EntryPage;
};

function Entries({ view, entries, ...order }: EntriesProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Entries of the log">
      <table>
        <thead>
          <tr>
            <SortHeader name="Entry" sort="entry" {...order} />
            <SortHeader name="Kind" sort="kind" className="text" {...order} />
            <SortHeader name="Round" sort="round" {...order} />
            <SortHeader name="Member" sort="member" className="text" {...order} />
            <th scope="col" class="text">
              Says
            </th>
            <SortHeader name="Block" sort="block" {...order} />
            <th scope="col" class="text">
              Transaction
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.rows.map((row, i) => (
            <tr key={row.entry ?? `unrecorded ${i}`}>
              <th scope="row">{row.entry === null ? <span class="badge bad">not recorded</span> : whole(row.entry)}</th>
              <td class="text">
                <Kind view={view} row={row} />
              </td>
              <td>{row.round ?? ''}</td>
              <td class="text">{row.member === null ? '' : <MemberLabel view={view} account={row.member} />}</td>
              <td class="text says-cell">
                <Says view={view} row={row} />
              </td>
              <td>{whole(row.blockNumber)}</td>
              <td class="text">{row.transaction === null ? '–' : <HexText hex={row.transaction} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Kind({ view, row }: { view: AuditView; row: ListedEntry }) {
  const hasPage = view.hasBundle && (row.kind === 'contribution' || row.kind === 'closing');
  if (!hasPage || row.member === null || row.round === null) return <>{row.kind}</>;
  const { member: account, round } = row;
  return <a href={linkTo({ page: 'contribution', study: view.study, account, round })}>{row.kind}</a>;
}

/** The scores of a valuation; of other records the digests that are worth a look, with their names. */
function Says({ view, row }: { view: AuditView; row: ListedEntry }) {
  const parts = row.kind === 'valuation' ? scoresOf(view, row) : digestsOf(row);
  return (
    <span class="says">
      {parts.map(([name, value]) => (
        <span key={name}>
          <bdi>{name}</bdi> {value}{' '}
        </span>
      ))}
    </span>
  );
}

type Said = readonly [name: string, value: ComponentChildren];

function scoresOf(view: AuditView, row: ListedEntry): Said[] {
  const { members, valuations } = view;
  const evaluator = members.find(({ accounts }) => accounts.some((each) => each === row.member))?.position ?? -1;
  const scores = valuations.find(({ round }) => round === row.round)?.reports[evaluator] ?? [];
  return members.flatMap(({ account, position }): Said[] => {
    const score = scores[position] ?? null;
    return score === null ? [] : [[memberName(view, account), <span class="hex">{milliNats(score)} mnat</span>]];
  });
}

const digestsOf = ({ record }: ListedEntry): Said[] =>
  Object.entries(record).flatMap(([name, value]): Said[] => {
    const isDigest = typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value) && !/^0x0+$/.test(value);
    return isDigest && name !== 'study' ? [[name, <HexText hex={value} />]] : [];
  });
