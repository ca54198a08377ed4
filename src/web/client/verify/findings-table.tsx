import type { Finding } from '../../../audit/finding.ts';
import { whole } from '../shell/format.ts';
import { placeInWords } from '../shell/place-in-words.ts';

export interface FindingsTableProps {
  /** The first of them. */
  readonly findings: readonly Finding[];
  /** How many there are in all. */
  readonly count: number;
}

/** What is wrong, and where. */
export function FindingsTable({ findings, count }: FindingsTableProps) {
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label="Findings">
        <table class="findings">
          <thead>
            <tr>
              <th scope="col">Where</th>
              <th scope="col" class="text">
                What
              </th>
              <th scope="col" class="text">
                Check
              </th>
            </tr>
          </thead>
          <tbody>
            {findings.map((finding, i) => (
              <tr key={i}>
                <td title={finding.member}>{placeInWords(finding) || 'the whole bundle'}</td>
                <td class="text">{finding.message}</td>
                <td class="text">
                  <code>{finding.code}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {count > findings.length ? (
        <p class="note">
          These are the first {whole(findings.length)} of {whole(count)};{' '}
          <code>consilium audit verify &lt;bundle&gt; --ledger-only</code> lists those of the log.
        </p>
      ) : null}
    </>
  );
}
