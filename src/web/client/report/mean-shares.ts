import type { LineageView } from '../../auditor/lineage-view.ts';

/**
 * What a member's mixes are made of: the mean share of each member's contributions in them.
 * @param accounts of the rows and the columns, in their order
 * @returns by mixing member, then by source, 0 to 1; null in the place of a member of whom no mix is known
 */
export function meanShares(
  { members, nodes, edges }: LineageView,
  accounts: readonly string[],
): (readonly number[] | null)[] {
  const places = members.map((account) => accounts.indexOf(account));
  const placeOf = (node: number): number => places[nodes[node]?.row ?? -1] ?? -1;
  const mixes = accounts.map(() => new Set<number>());
  const sums = accounts.map(() => accounts.map(() => 0));
  for (const [from, to, share] of edges) {
    const row = sums[placeOf(to)];
    if (row === undefined) continue;
    mixes[placeOf(to)]?.add(to);
    const source = placeOf(from);
    if (row[source] !== undefined) row[source] += share;
  }
  return sums.map((row, i) => {
    const count = mixes[i]?.size ?? 0;
    return count === 0 ? null : row.map((sum) => sum / count);
  });
}
