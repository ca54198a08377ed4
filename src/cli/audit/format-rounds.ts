import { formatTable } from '../format-table.ts';

/** Rounds that fit a terminal's width in one block. */
const ROUNDS_A_BLOCK = 20;

/**
 * A line a member and a column a round, in blocks that fit a terminal, with an empty line between them.
 * @param cells by member, one a round from 0 on
 */
export function formatRounds(cells: ReadonlyMap<string, readonly string[]>): string {
  const rounds = Math.max(0, ...[...cells.values()].map((line) => line.length));
  const starts = Array.from({ length: Math.ceil(rounds / ROUNDS_A_BLOCK) }, (_, block) => block * ROUNDS_A_BLOCK);
  return starts
    .map((start) => {
      const end = Math.min(rounds, start + ROUNDS_A_BLOCK);
      const header = ['member', ...Array.from({ length: end - start }, (_, i) => String(start + i))];
      return formatTable(
        header,
        [...cells].map(([member, line]) => [member, ...line.slice(start, end)]),
      );
    })
    .join('\n\n');
}
