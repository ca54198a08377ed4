import type { LineageView } from '../../auditor/lineage-view.ts';
import type { LineageIndex, LineageLayout } from './lineage-layout.ts';
import type { ZoomControls } from './use-zoom.ts';

export interface GraphKeys {
  readonly view: LineageView;
  readonly layout: LineageLayout;
  readonly index: LineageIndex;
  readonly zoom: ZoomControls;
  readonly focus: number | null;
  readonly onFocus: (node: number | null) => void;
  readonly onOpen: (node: number) => void;
}

const PAN_PIXELS = 60;
const ZOOM_STEP = 1.4;
const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Moves over a graph, and from contribution to contribution, by keys. @returns what handles a key */
export function useGraphKeys(keys: GraphKeys): (event: KeyboardEvent) => void {
  const { layout, zoom, focus, onFocus, onOpen } = keys;
  const around = focus === null ? undefined : ([layout.x[focus] ?? 0, layout.y[focus] ?? 0] as const);
  return (event) => {
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow !== undefined && event.shiftKey) step(keys, arrow);
    else if (arrow !== undefined) zoom.pan(-PAN_PIXELS * arrow[0], -PAN_PIXELS * arrow[1]);
    else if (event.key === '+' || event.key === '=') zoom.scale(ZOOM_STEP, around);
    else if (event.key === '-') zoom.scale(1 / ZOOM_STEP, around);
    else if (event.key === 'Home') zoom.reset();
    else if (event.key === 'Escape') onFocus(null);
    else if (event.key === 'Enter' && focus !== null) onOpen(focus);
    else return;
    event.preventDefault();
  };
}

/** To the next contribution in that direction; to the first one if there was none before. */
function step({ view, layout, index, zoom, focus, onFocus }: GraphKeys, [x, y]: readonly [number, number]): void {
  const from = focus === null ? undefined : view.nodes[focus];
  const farthest = Math.max(view.members.length, view.rounds + 1 - view.firstRound);
  const ahead = Array.from({ length: farthest }, (_, i) => i + 1);
  const places = ahead.map((distance) =>
    from === undefined ? null : index.at(from.row + distance * y, from.round + distance * x),
  );
  const next = from === undefined ? 0 : (places.find((place) => place !== null) ?? null);
  if (next === null || view.nodes[next] === undefined) return;
  onFocus(next);
  zoom.show(layout.x[next] ?? 0, layout.y[next] ?? 0);
}
