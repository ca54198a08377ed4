import type { ComponentChildren } from 'preact';

export interface HeatCellProps {
  /** Null where there is no figure. */
  readonly value: number | null;
  /** What has the strongest ground, either way. */
  readonly highest: number;
  /** The figure as it is read. */
  readonly children: ComponentChildren;
}

const STEPS = 6;

/** A table's cell whose ground tells size and sign, in six steps either way; the number is what counts. */
export function HeatCell({ value, highest, children }: HeatCellProps) {
  if (value === null || !Number.isFinite(value)) return <td class="soft">–</td>;
  const step = highest > 0 ? Math.min(STEPS, Math.round((Math.abs(value) / highest) * STEPS)) : 0;
  return <td class={`${value < 0 ? 'harm' : 'help'} step${step}`}>{children}</td>;
}
