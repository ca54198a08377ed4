import { useEffect, useState } from 'preact/hooks';
import { whole } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Empty, Failed, Loading } from '../shell/states.tsx';
import { useAnswer } from '../shell/use-answer.ts';
import type { AuditSource } from './audit-source.ts';
import { AuditTokenForm } from './audit-token-form.tsx';
import { HexText } from './names.tsx';
import { linkTo } from './place.ts';

/** How often a ledger is asked for its studies. */
const AGAIN_MILLISECONDS = 10_000;

/** All studies that there are to look at; those of a ledger, which have no titles, change while one looks. */
export function StudiesPage({ source }: { source: AuditSource }) {
  const [attempt, setAttempt] = useState(0);
  const answer = useAnswer((signal) => source.studies(signal), [source], [attempt]);
  useEffect(() => {
    if (answer.state !== 'here' || answer.value.some(({ title }) => title !== null)) return undefined;
    const timer = setTimeout(() => setAttempt(attempt + 1), AGAIN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [answer]);
  if (answer.state === 'failed' && answer.failure === 'unauthorised') {
    return <AuditTokenForm onToken={() => setAttempt(attempt + 1)} />;
  }
  return (
    <Section id="studies" title="Studies">
      {answer.state === 'loading' ? <Loading what="the studies" /> : null}
      {answer.state === 'failed' ? <Failed {...answer} /> : null}
      {answer.value === null ? null : answer.value.length === 0 ? (
        <Empty>No study was opened on this ledger yet. An admin opens one with scripts/open-study.ts.</Empty>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Studies">
          <table>
            <thead>
              <tr>
                <th scope="col">Study</th>
                <th scope="col" class="text">
                  Identifier
                </th>
                <th scope="col" class="text">
                  State
                </th>
                <th scope="col">Rounds</th>
                <th scope="col">Members</th>
                <th scope="col">Entries</th>
              </tr>
            </thead>
            <tbody>
              {answer.value.map((row) => (
                <tr key={row.study}>
                  <th scope="row" class="wrap">
                    <a href={linkTo({ page: 'overview', study: row.study })}>
                      {row.title ?? 'Study without a known title'}
                    </a>
                  </th>
                  <td class="text">
                    <HexText hex={row.study} />
                  </td>
                  <td class="text">{row.state}</td>
                  <td>{whole(row.rounds)}</td>
                  <td>{whole(row.participants)}</td>
                  <td>{whole(row.entries)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
