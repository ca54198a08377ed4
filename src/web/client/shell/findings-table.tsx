import type { ComponentChildren } from 'preact';
import type { Place } from '../../../audit/finding.ts';

/** A finding, or a notice, which has no code. */
export interface FoundRow extends Place {
  readonly code?: string;
  readonly message: string;
}

export interface FindingsTableProps<R extends FoundRow> {
  readonly label: string;
  readonly rows: readonly R[];
  /** What stands for the place of a row, for instance a link to it. */
  readonly where: (row: R) => ComponentChildren;
}

/** What is wrong, and where. */
export function FindingsTable<R extends FoundRow>({ label, rows, where }: FindingsTableProps<R>) {
  const withCode = rows.some(({ code }) => code !== undefined);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="findings">
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col" class="text">
              What
            </th>
            {withCode ? (
              <th scope="col" class="text">
                Check
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              <th scope="row" title={row.member}>
                {where(row)}
              </th>
              <td class="text">{row.message}</td>
              {withCode ? (
                <td class="text">
                  <code>{row.code}</code>
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
