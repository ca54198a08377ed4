import { type ZoomTransform, zoomIdentity } from 'd3-zoom';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { LineageNode, LineageView } from '../../auditor/lineage-view.ts';
import { shorten, whole } from '../shell/format.ts';
import { describeNode } from './describe-node.ts';
import { drawLineage, type LineagePalette } from './draw-lineage.ts';
import { LineageCard } from './lineage-card.tsx';
import { indexLineage, layOutLineage, nodeNear } from './lineage-layout.ts';
import { LineageLegend } from './lineage-legend.tsx';
import { reachOf } from './lineage-reach.ts';
import { LineageTable } from './lineage-table.tsx';
import { useGraphKeys } from './use-graph-keys.ts';
import { usePalette } from './use-palette.ts';
import { useWidth } from './use-width.ts';
import { useZoom } from './use-zoom.ts';

export interface LineageGraphProps {
  readonly view: LineageView;
  /** What the member of an account is called. */
  readonly nameOf: (account: string) => string;
  /** Address of a contribution's page. */
  readonly addressOf: (node: LineageNode) => string;
}

/** Pointers do not hit small circles. */
const HIT_PIXELS = 12;
const ZOOM_STEP = 1.5;

/** Which contribution went into which: a row for each member, a column for each round, the final models last. */
export function LineageGraph({ view, nameOf, addressOf }: LineageGraphProps) {
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const transform = useRef<ZoomTransform>(zoomIdentity);
  const [focus, setFocus] = useState<number | null>(null);
  const [member, setMember] = useState<number | null>(null);
  const [leftOut, setLeftOut] = useState(0);
  const [, setMoves] = useState(0);
  const width = useWidth(place);
  const palette = usePalette(place) as LineagePalette | null;
  const layout = useMemo(() => layOutLineage(view, width), [view, width]);
  const index = useMemo(() => indexLineage(view, nameOf), [view]);
  const reached = useMemo(() => (member === null ? null : reachOf(view, new Set([member]))), [view, member]);

  const draw = useRef(() => {});
  draw.current = () => {
    const context = canvas.current?.getContext('2d') ?? null;
    if (context === null || palette === null || width === 0) return;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    setLeftOut(drawLineage(context, { view, layout, index, transform: transform.current, palette, focus, reached }));
  };
  const frame = useRef(0);
  const redraw = (): void => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => draw.current());
  };
  const zoom = useZoom(canvas, layout, (moved) => {
    transform.current = moved;
    // What stands beside the contribution in question goes along.
    if (focus !== null) setMoves((moves) => moves + 1);
    redraw();
  });
  useEffect(redraw, [view, layout, palette, focus, reached]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  const open = (node: number): void => {
    const found = view.nodes[node];
    if (found !== undefined) location.assign(addressOf(found));
  };
  const onKeyDown = useGraphKeys({ view, layout, index, zoom, focus, onFocus: setFocus, onOpen: open });
  const nodeAt = ({ offsetX, offsetY }: MouseEvent): number | null => {
    const [x, y] = transform.current.invert([offsetX, offsetY]);
    if (offsetX < layout.left || offsetY < layout.top) return null;
    return nodeNear(layout, view, index, { x, y, within: HIT_PIXELS / Math.min(1, transform.current.k) });
  };
  const focused = focus === null ? undefined : view.nodes[focus];

  return (
    <div class="lineage">
      <div class="toolbar">
        <label>
          Follow the work of{' '}
          <select
            value={member === null ? '' : String(member)}
            onChange={({ currentTarget }) => setMember(currentTarget.value === '' ? null : Number(currentTarget.value))}
          >
            <option value="">nobody in particular</option>
            {view.members.map((account, row) => (
              <option key={account} value={row}>
                {nameOf(account)}, {shorten(account)}
              </option>
            ))}
          </select>
        </label>
        <span class="zoom-buttons">
          <button type="button" onClick={() => zoom.scale(ZOOM_STEP)} aria-label="Zoom in">
            +
          </button>
          <button type="button" onClick={() => zoom.scale(1 / ZOOM_STEP)} aria-label="Zoom out">
            −
          </button>
          <button type="button" onClick={zoom.reset}>
            Show all
          </button>
        </span>
      </div>
      {reached === null ? null : <Reach view={view} reached={reached} />}
      <div
        ref={place}
        class="lineage-drawing"
        role="application"
        aria-label="Lineage graph"
        aria-describedby={`${id}-keys`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerLeave={({ pointerType }) => pointerType === 'mouse' && setFocus(null)}
      >
        <canvas
          ref={canvas}
          width={Math.round(layout.width * devicePixelRatio)}
          height={Math.round(layout.height * devicePixelRatio)}
          style={{
            width: `${layout.width}px`,
            height: `${layout.height}px`,
            cursor: focus === null ? 'grab' : 'pointer',
          }}
          onPointerMove={(event) => event.pointerType === 'mouse' && event.buttons === 0 && setFocus(nodeAt(event))}
          onClick={(event) => {
            const node = nodeAt(event);
            // A finger cannot hover: its first touch shows what the second one opens.
            const isSecond = node !== null && node === focus;
            if (node !== null && (!(event instanceof PointerEvent && event.pointerType === 'touch') || isSecond))
              open(node);
            else setFocus(node);
          }}
        />
        <LineageColours />
        {focused === undefined || focus === null ? null : (
          <LineageCard
            view={view}
            index={index}
            node={focus}
            isReached={reached?.[focus] ?? null}
            at={transform.current.apply([layout.x[focus] ?? 0, layout.y[focus] ?? 0])}
            within={layout}
          />
        )}
      </div>
      <p class="visually-hidden" aria-live="polite">
        {focus === null ? '' : describeNode(view, index, focus)}
      </p>
      <LineageLegend isFollowing={reached !== null} leftOut={leftOut} />
      <p id={`${id}-keys`} class="note">
        Drag or use the arrow keys to move, the wheel or + and − to zoom, Home to see all. Point at a contribution,
        touch it, or move with Shift and the arrow keys, to see its edges alone; click, touch it again, or press Enter
        to open its page.
      </p>
      <LineageTable view={view} index={index} reached={reached} addressOf={addressOf} />
    </div>
  );
}

/** What was reached, in a sentence. */
function Reach({ view, reached }: { readonly view: LineageView; readonly reached: readonly boolean[] }) {
  const count = (isFinal: boolean): string => {
    const all = [...view.nodes.entries()].filter(([, node]) => node.isFinal === isFinal);
    return `${whole(all.filter(([place]) => reached[place]).length)} of ${whole(all.length)}`;
  };
  return (
    <p role="status">
      Its work went into {count(false)} contributions, its own among them, and into {count(true)} final models:
      directly, or through others.
    </p>
  );
}

const COLOURS: readonly (keyof LineagePalette)[] = ['ground', 'ink', 'soft', 'grid', 'node', 'source', 'reached'];

/** The theme's colours where the canvas can read them. */
function LineageColours() {
  return (
    <span hidden>
      {COLOURS.map((name) => (
        <i key={name} data-colour={name} />
      ))}
    </span>
  );
}
