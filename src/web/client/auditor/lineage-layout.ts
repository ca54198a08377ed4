import type { LineageView } from '../../auditor/lineage-view.ts';

/** Where a graph of members (rows) and rounds (columns) lies in its canvas, in CSS pixels and before anybody zooms. */
export interface LineageLayout {
  readonly width: number;
  readonly height: number;
  /** What the labels of rows and columns take at the left and at the top. */
  readonly left: number;
  readonly top: number;
  /** Distance of columns, and of rows. */
  readonly step: { readonly x: number; readonly y: number };
  /** By place in the view's nodes. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  xOf(round: number): number;
  yOf(row: number): number;
}

const LARGEST_ROW = 30;
const LARGEST_PLOT_HEIGHT = 560;
const TOP = 30;
const MARGIN = 22;
/** Longer names are drawn narrower. */
const LABEL_WIDTH = 84;

export function layOutLineage({ members, firstRound, rounds, nodes }: LineageView, width: number): LineageLayout {
  const row = Math.min(LARGEST_ROW, LARGEST_PLOT_HEIGHT / Math.max(1, members.length));
  const columns = Math.max(1, rounds - firstRound);
  const step = { x: Math.max(1, (width - LABEL_WIDTH - 2 * MARGIN) / columns), y: row };
  const xOf = (round: number): number => LABEL_WIDTH + MARGIN + (round - firstRound) * step.x;
  const yOf = (place: number): number => TOP + row * (place + 0.5);
  return {
    width,
    height: Math.ceil(TOP + row * members.length + MARGIN / 2),
    left: LABEL_WIDTH,
    top: TOP,
    step,
    x: Float64Array.from(nodes, ({ round }) => xOf(round)),
    y: Float64Array.from(nodes, (node) => yOf(node.row)),
    xOf,
    yOf,
  };
}

/** What is asked of a graph again and again. */
export interface LineageIndex {
  /** What each row's member is called. */
  readonly names: readonly string[];
  /** Places in the view's edges of those into a node, and of those from it, by the node's place. */
  readonly into: readonly (readonly number[])[];
  readonly from: readonly (readonly number[])[];
  /** Edges with a share, the largest first. */
  readonly byShare: readonly number[];
  /** The node of a member and round, by its place; null if there is none. */
  at(row: number, round: number): number | null;
}

export function indexLineage(
  { members, nodes, edges }: LineageView,
  nameOf: (account: string) => string,
): LineageIndex {
  const [into, from]: [number[][], number[][]] = [nodes.map(() => []), nodes.map(() => [])];
  for (const [i, [source, target]] of edges.entries()) {
    into[target]?.push(i);
    from[source]?.push(i);
  }
  const places = new Map(nodes.map(({ row, round }, place) => [`${row}/${round}`, place]));
  const shareOf = (i: number): number => edges[i]?.[2] ?? 0;
  return {
    names: members.map(nameOf),
    into,
    from,
    byShare: [...edges.keys()].filter((i) => shareOf(i) > 0).toSorted((a, b) => shareOf(b) - shareOf(a)),
    at: (row, round) => places.get(`${row}/${round}`) ?? null,
  };
}

/** The node nearest to a place of the layout, if it is near. */
export function nodeNear(
  layout: LineageLayout,
  { firstRound }: Pick<LineageView, 'firstRound'>,
  index: LineageIndex,
  { x, y, within }: { readonly x: number; readonly y: number; readonly within: number },
): number | null {
  const round = firstRound + Math.round((x - layout.xOf(firstRound)) / layout.step.x);
  const row = Math.round((y - layout.yOf(0)) / layout.step.y);
  const place = index.at(row, round);
  if (place === null) return null;
  const distance = Math.hypot((layout.x[place] ?? 0) - x, (layout.y[place] ?? 0) - y);
  return distance <= within ? place : null;
}
