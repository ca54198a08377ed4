import type { LineageView } from '../../auditor/lineage-view.ts';
import { percent, whole } from '../shell/format.ts';
import { nameNode, sourcesOf, targetsOf } from './describe-node.ts';
import type { LineageIndex, LineageLayout } from './lineage-layout.ts';

export interface LineageCardProps {
  readonly view: LineageView;
  readonly index: LineageIndex;
  readonly node: number;
  /** Null if nobody asked what was reached. */
  readonly isReached: boolean | null;
  /** Where the contribution is in the drawing. */
  readonly at: readonly [number, number];
  readonly within: Pick<LineageLayout, 'left' | 'top' | 'width' | 'height'>;
}

const WIDTH = 280;
const GAP = 14;
const SOURCES_SHOWN = 5;

/** What a contribution is, beside it. */
export function LineageCard({ view, index, node, isReached, at: [x, y], within }: LineageCardProps) {
  const found = view.nodes[node];
  const isSeen = x >= within.left && x <= within.width && y >= within.top && y <= within.height;
  if (found === undefined || !isSeen) return null;
  const sources = sourcesOf(view, index, node);
  const isLeft = x + GAP + WIDTH > within.width;
  const left = Math.max(0, isLeft ? x - GAP - WIDTH : x + GAP);
  const vertical = y > within.height / 2 ? { bottom: `${within.height - y - GAP}px` } : { top: `${y - GAP}px` };
  return (
    <div class="lineage-card" aria-hidden="true" style={{ left: `${left}px`, width: `${WIDTH}px`, ...vertical }}>
      <strong>{nameNode(view, index, node)}</strong>
      <div class="soft">
        {found.entry === null ? 'not on the ledger' : `entry ${whole(found.entry)} of the log`}
        {isReached === null ? '' : isReached ? ', reached' : ', not reached'}
      </div>
      {found.isUnknown ? <div>Its recipe is not in the bundle.</div> : null}
      {sources.length === 0 ? null : (
        <ul>
          {sources.slice(0, SOURCES_SHOWN).map(({ name, share }) => (
            <li key={name}>
              <span>{name}</span> <span>{share === 0 ? 'no share' : percent(share)}</span>
            </li>
          ))}
        </ul>
      )}
      {sources.length > SOURCES_SHOWN ? <div class="soft">and {sources.length - SOURCES_SHOWN} more</div> : null}
      <div class="soft">went into {whole(targetsOf(view, index, node))} others</div>
    </div>
  );
}
