/** Parameters that are sorted between two looks at the sources: a block of each stays in a processor's cache. */
const BLOCK_LENGTH = 1024;

/**
 * Calls back with the values of all sources at one parameter, ascending, parameter by parameter. The array is reused.
 * @param sources vectors of length n, at least one
 */
export function eachSortedColumn(
  sources: readonly Float32Array[],
  visit: (sorted: Float64Array, parameter: number) => void,
): void {
  const length = sources[0]?.length ?? 0;
  const count = sources.length;
  const block = new Float64Array(BLOCK_LENGTH * count);
  for (let start = 0; start < length; start += BLOCK_LENGTH) {
    const end = Math.min(length, start + BLOCK_LENGTH);
    for (const [j, source] of sources.entries())
      for (let k = start; k < end; k++) block[(k - start) * count + j] = source[k] as number;
    for (let k = start; k < end; k++) {
      const column = block.subarray((k - start) * count, (k - start + 1) * count);
      insertionSort(column);
      visit(column, k);
    }
  }
}

/** Ascending; a handful of numbers is sorted faster so than by the library. */
function insertionSort(values: Float64Array): void {
  for (let i = 1; i < values.length; i++) {
    const value = values[i] as number;
    let j = i - 1;
    for (; j >= 0 && (values[j] as number) > value; j--) values[j + 1] = values[j] as number;
    values[j + 1] = value;
  }
}
