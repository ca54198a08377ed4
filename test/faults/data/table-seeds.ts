import type { SeededRandom } from '../../../src/base/seeded-random.ts';
import type { Mutator } from './mutators.ts';

/** Open quotation marks are what tables are most often damaged by. */
export const TABLE_MUTATORS: readonly Mutator[] = [openQuote, openQuote, manyCells];

/** Tables that `table-reader.ts` reads: plain, and with a mark, quotation marks and carriage returns. */
export function tableSeeds(): Buffer[] {
  const rows = Array.from({ length: 40 }, (_, i) => `p${i},${20 + i},${i % 2 ? 'b' : '1'},${i % 3}`);
  const quoted = rows.map((row, i) => (i % 4 === 0 ? `"${row.split(',').join('","')}"` : row));
  return [rows, quoted].map((lines, i) =>
    Buffer.from(`${i ? '\uFEFF' : ''}who,age,ward,grade\n${lines.join(i ? '\r\n' : '\n')}\n`),
  );
}

function openQuote(bytes: Buffer, random: SeededRandom): Buffer {
  const at = random.integer(bytes.length);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from('"'), bytes.subarray(at)]);
}

function manyCells(bytes: Buffer, random: SeededRandom): Buffer {
  const at = random.integer(bytes.length);
  const cells = Buffer.alloc(random.integer(2) === 0 ? 4_000 : 2 ** 20, ',');
  return Buffer.concat([bytes.subarray(0, at), cells, bytes.subarray(at)]);
}
