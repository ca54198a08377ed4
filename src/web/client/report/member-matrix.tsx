import { useId } from 'preact/hooks';
import type { RunMember } from '../../report/run-view.ts';
import { HeatCell } from '../charts/heat-cell.tsx';

export interface MemberMatrixProps {
  readonly title: string;
  /** What the rows are. */
  readonly corner: string;
  readonly members: readonly RunMember[];
  /** By member, then by member; null where there is no figure. */
  readonly rows: readonly (readonly (number | null)[] | null)[];
  readonly format: (value: number | null) => string;
}

/** Figures of each member with each, shaded by size. */
export function MemberMatrix({ title, corner, members, rows, format }: MemberMatrixProps) {
  const id = useId();
  const highest = Math.max(0, ...rows.flatMap((row) => row ?? []).map((value) => Math.abs(value ?? 0)));
  return (
    <div>
      <h3 id={id}>{title}</h3>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby={id}>
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">{corner}</th>
              {members.map(({ name, account }) => (
                <th key={account} scope="col">
                  <bdi>{name}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {members.map(({ name, account }, i) => (
              <tr key={account}>
                <th scope="row">
                  <bdi>{name}</bdi>
                </th>
                {members.map((each, j) => (
                  <HeatCell key={each.account} value={rows[i]?.[j] ?? null} highest={highest}>
                    {format(rows[i]?.[j] ?? null)}
                  </HeatCell>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
