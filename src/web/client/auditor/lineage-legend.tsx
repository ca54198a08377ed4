import { whole } from '../shell/format.ts';

export interface LineageLegendProps {
  /** True while a member's work is followed. */
  readonly isFollowing: boolean;
  readonly leftOut: number;
}

/** What the marks mean. */
export function LineageLegend({ isFollowing, leftOut }: LineageLegendProps) {
  return (
    <div class="legend lineage-legend">
      <Mark kind={isFollowing ? 'reached' : 'contribution'}>{isFollowing ? 'reached' : 'contribution'}</Mark>
      <Mark kind="outline">{isFollowing ? 'not reached' : 'signed, not on the ledger'}</Mark>
      <Mark kind="final">final model</Mark>
      <Mark kind="unknown">recipe missing</Mark>
      <Mark kind="source">what the one you point at was made of</Mark>
      <Mark kind="target">what it went into; dashed: at hand, without a share</Mark>
      {leftOut === 0 ? null : <span class="soft">{whole(leftOut)} edges of small share show when you zoom in</span>}
    </div>
  );
}

const SHAPES = {
  contribution: <circle cx={8} cy={8} r={5} class="lineage-node" />,
  reached: <circle cx={8} cy={8} r={5} class="lineage-reached" />,
  outline: <circle cx={8} cy={8} r={5} class="lineage-outline" />,
  final: <rect x={3} y={3} width={10} height={10} class="lineage-node" />,
  unknown: (
    <g>
      <circle cx={8} cy={8} r={5} class="lineage-node" />
      <path d="M2 14L14 2" class="lineage-strike" />
    </g>
  ),
  source: <path d="M0 8H16" class="lineage-source" />,
  target: <path d="M0 8H16" class="lineage-target" />,
};

function Mark({ kind, children }: { readonly kind: keyof typeof SHAPES; readonly children: string }) {
  return (
    <span class="lineage-mark">
      <svg viewBox="0 0 16 16" width={16} height={16} aria-hidden="true">
        {SHAPES[kind]}
      </svg>
      {children}
    </span>
  );
}
