import type { LineageView } from '../../auditor/lineage-view.ts';

/**
 * What the work of members reached, by the rule of `audit lineage --tainted-by` (docs/PROTOCOL.md, T2): their own contributions, and whatever was
 * trained from a mix that had a reached one at hand, with weight or without. Behind a recipe that is not known, all that they had contributed before.
 * @param rows places of the members
 * @returns for each node whether it was reached
 */
export function reachOf({ nodes, edges }: Pick<LineageView, 'nodes' | 'edges'>, rows: ReadonlySet<number>): boolean[] {
  const first = nodes.find(({ row }) => rows.has(row))?.round ?? Number.POSITIVE_INFINITY;
  const reached = nodes.map(
    ({ row, round, isFinal, isUnknown }) => (rows.has(row) && !isFinal) || (isUnknown && first < round),
  );
  // Sources stand before what was made of them, and edges are in the order of their targets.
  for (const [from, to] of edges) if (reached[from] === true) reached[to] = true;
  return reached;
}
