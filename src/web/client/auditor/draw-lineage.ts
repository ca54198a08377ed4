import type { ZoomTransform } from 'd3-zoom';
import type { LineageView } from '../../auditor/lineage-view.ts';
import type { LineageIndex, LineageLayout } from './lineage-layout.ts';

/** Colours as the canvas takes them. */
export interface LineagePalette {
  readonly ground: string;
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly node: string;
  readonly source: string;
  readonly reached: string;
}

export interface LineageDrawing {
  readonly view: LineageView;
  readonly layout: LineageLayout;
  readonly index: LineageIndex;
  readonly transform: ZoomTransform;
  readonly palette: LineagePalette;
  /** The node whose edges alone are shown; null for all. */
  readonly focus: number | null;
  /** Nodes that a member's work reached; null if nobody asked. */
  readonly reached: readonly boolean[] | null;
}

/** More edges than this are not drawn at a time, the largest shares first: a frame takes as long in any study. */
const MAXIMUM_EDGES = 3000;
/** Lower bounds of shares that are drawn alike, with their opacity and, where there is room, their width in pixels. */
const BANDS: readonly (readonly [share: number, opacity: number, width: number])[] = [
  [0.2, 0.5, 2.5],
  [0.08, 0.28, 1.5],
  [0, 0.13, 1],
];
const LABEL_GAP = 8;
const CLEAR_COLUMN_DISTANCE = 40;
const FONT = '12px system-ui, sans-serif';
const LEAST_LABEL_DISTANCE = { x: 34, y: 13 };

/** Draws a frame. @returns edges in view that were left out, for there are too many */
export function drawLineage(context: CanvasRenderingContext2D, drawing: LineageDrawing): number {
  const { layout, palette } = drawing;
  context.clearRect(0, 0, layout.width, layout.height);
  drawRows(context, drawing);
  const leftOut =
    drawing.focus === null ? drawAllEdges(context, drawing) : drawEdgesOf(context, drawing, drawing.focus);
  drawNodes(context, drawing);
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, layout.left, layout.height);
  context.fillRect(0, 0, layout.width, layout.top);
  drawLabels(context, drawing);
  return leftOut;
}

function drawRows(context: CanvasRenderingContext2D, { view, layout, transform, palette }: LineageDrawing): void {
  context.beginPath();
  for (const row of view.members.keys()) {
    const y = transform.applyY(layout.yOf(row));
    context.moveTo(layout.left, y);
    context.lineTo(layout.width, y);
  }
  context.strokeStyle = palette.grid;
  context.lineWidth = 1;
  context.stroke();
}

function drawAllEdges(context: CanvasRenderingContext2D, drawing: LineageDrawing): number {
  const { view, layout, index, transform, palette, reached } = drawing;
  const [from, to] = [transform.invertX(layout.left), transform.invertX(layout.width)];
  let [drawn, leftOut, band] = [0, 0, 0];
  // Where columns are close their edges lie on each other.
  const faintness = Math.min(1, Math.max(0.25, (layout.step.x * transform.k) / CLEAR_COLUMN_DISTANCE));
  const begin = (): void => {
    context.beginPath();
    const [, opacity, width] = BANDS[band] ?? [0, 0, 1];
    context.globalAlpha = opacity * faintness;
    context.lineWidth = faintness < 1 ? 1 : width;
  };
  context.strokeStyle = reached === null ? palette.node : palette.reached;
  begin();
  for (const edge of index.byShare) {
    const [source, target, share] = view.edges[edge] ?? [0, 0, 0];
    if (reached !== null && (reached[source] !== true || reached[target] !== true)) continue;
    if ((layout.x[target] ?? 0) < from || (layout.x[source] ?? 0) > to) continue;
    if (drawn >= MAXIMUM_EDGES) {
      leftOut += 1;
      continue;
    }
    while (share < (BANDS[band]?.[0] ?? 0)) {
      context.stroke();
      band += 1;
      begin();
    }
    traceEdge(context, drawing, source, target);
    drawn += 1;
  }
  context.stroke();
  context.globalAlpha = 1;
  return leftOut;
}

/** A curve that leaves and arrives along its row. */
function traceEdge(
  context: CanvasRenderingContext2D,
  { layout, transform }: Pick<LineageDrawing, 'layout' | 'transform'>,
  source: number,
  target: number,
): void {
  const [x0, y0] = [transform.applyX(layout.x[source] ?? 0), transform.applyY(layout.y[source] ?? 0)];
  const [x1, y1] = [transform.applyX(layout.x[target] ?? 0), transform.applyY(layout.y[target] ?? 0)];
  const middle = (x0 + x1) / 2;
  context.moveTo(x0, y0);
  context.bezierCurveTo(middle, y0, middle, y1, x1, y1);
}

/** Wide where the share is large, dashed where it is none; where it went in another colour than where it came from. */
function drawEdgesOf(context: CanvasRenderingContext2D, drawing: LineageDrawing, node: number): number {
  const { view, index, palette } = drawing;
  const draw = (edges: readonly number[], colour: string): void => {
    context.strokeStyle = colour;
    for (const edge of edges) {
      const [source, target, share] = view.edges[edge] ?? [0, 0, 0];
      context.beginPath();
      context.setLineDash(share === 0 ? [3, 4] : []);
      context.lineWidth = share === 0 ? 1 : 1 + 5 * Math.min(1, share);
      context.globalAlpha = share === 0 ? 0.7 : 0.9;
      traceEdge(context, drawing, source, target);
      context.stroke();
    }
  };
  draw(index.from[node] ?? [], palette.node);
  draw(index.into[node] ?? [], palette.source);
  context.setLineDash([]);
  context.globalAlpha = 1;
  return 0;
}

function drawNodes(context: CanvasRenderingContext2D, drawing: LineageDrawing): void {
  const { view, layout, index, transform, palette, focus, reached } = drawing;
  const radius = Math.min(8, Math.max(2, 0.24 * transform.k * Math.min(layout.step.x, layout.step.y)));
  const near = focus === null ? null : neighbours(view, index, focus);
  context.lineWidth = Math.min(1.6, radius / 2);
  for (const [place, node] of view.nodes.entries()) {
    const [x, y] = [transform.applyX(layout.x[place] ?? 0), transform.applyY(layout.y[place] ?? 0)];
    if (x < layout.left - radius || x > layout.width + radius || y < layout.top - radius || y > layout.height + radius)
      continue;
    const isMarked = reached?.[place] === true;
    const colour = isMarked ? palette.reached : palette.node;
    context.globalAlpha = near === null || near.has(place) ? 1 : 0.25;
    context.strokeStyle = colour;
    // Filled: recorded, and where somebody asked for it reached. An outline is what is not.
    context.fillStyle = (reached === null ? node.entry !== null : isMarked) ? colour : palette.ground;
    context.beginPath();
    if (node.isFinal) context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    if (node.isUnknown) strike(context, { x, y, radius, colour: palette.ink });
    if (place === focus) ring(context, { x, y, radius: radius + 4, colour: palette.ink });
  }
  context.globalAlpha = 1;
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly colour: string;
}

/** Where it comes from is not known. */
function strike(context: CanvasRenderingContext2D, { x, y, radius, colour }: Spot): void {
  context.beginPath();
  context.moveTo(x - radius, y + radius);
  context.lineTo(x + radius, y - radius);
  context.strokeStyle = colour;
  context.stroke();
}

function ring(context: CanvasRenderingContext2D, { x, y, radius, colour }: Spot): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.strokeStyle = colour;
  context.stroke();
}

function neighbours({ edges }: LineageView, index: LineageIndex, node: number): Set<number> {
  const sources = (index.into[node] ?? []).map((edge) => edges[edge]?.[0] ?? node);
  const targets = (index.from[node] ?? []).map((edge) => edges[edge]?.[1] ?? node);
  return new Set([node, ...sources, ...targets]);
}

function drawLabels(
  context: CanvasRenderingContext2D,
  { view, layout, index, transform, palette, focus }: LineageDrawing,
): void {
  const at = focus === null ? undefined : view.nodes[focus];
  context.font = FONT;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  const rowStep = Math.ceil(LEAST_LABEL_DISTANCE.y / (layout.step.y * transform.k));
  for (const [row, name] of index.names.entries()) {
    const y = transform.applyY(layout.yOf(row));
    if ((row % rowStep !== 0 && row !== at?.row) || y < layout.top || y > layout.height) continue;
    context.fillStyle = row === at?.row ? palette.ink : palette.soft;
    context.fillText(name, 0, y, layout.left - LABEL_GAP);
  }
  context.textAlign = 'center';
  const columnStep = Math.ceil(LEAST_LABEL_DISTANCE.x / (layout.step.x * transform.k));
  for (let round = view.firstRound; round <= view.rounds; round++) {
    const x = transform.applyX(layout.xOf(round));
    const isClear = (view.rounds - round) * layout.step.x * transform.k >= LEAST_LABEL_DISTANCE.x * 1.2;
    const isLabelled = round === view.rounds || ((round - view.firstRound) % columnStep === 0 && isClear);
    if (!isLabelled || x < layout.left || x > layout.width) continue;
    context.fillStyle = round === at?.round ? palette.ink : palette.soft;
    context.fillText(round === view.rounds ? 'final' : String(round), x, layout.top / 2);
  }
}
