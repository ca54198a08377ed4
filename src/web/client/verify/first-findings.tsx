import type { Finding } from '../../../audit/finding.ts';
import { FindingsTable } from '../shell/findings-table.tsx';
import { whole } from '../shell/format.ts';
import { placeInWords } from '../shell/place-in-words.ts';

export interface FirstFindingsProps {
  /** The first of them. */
  readonly findings: readonly Finding[];
  /** How many there are in all. */
  readonly count: number;
}

/** The findings of a bundle, as far as they are shown, and how to see the rest. */
export function FirstFindings({ findings, count }: FirstFindingsProps) {
  return (
    <>
      <FindingsTable
        label="Findings"
        rows={findings}
        where={(finding) => placeInWords(finding) || 'the whole bundle'}
      />
      {count > findings.length ? (
        <p class="note">
          These are the first {whole(findings.length)} of {whole(count)};{' '}
          <code>consilium audit verify &lt;bundle&gt; --ledger-only</code> lists those of the log.
        </p>
      ) : null}
    </>
  );
}
