/** Finds any of many byte strings of one length in other bytes. */
export interface TraceFinder {
  /** Length of the strings, in bytes. */
  readonly length: number;
  /** Place of the first string that is there, or -1. */
  find(bytes: Uint8Array): number;
}

const FILTER_BITS = 20;
const BASE = 0x01000193;

/**
 * Rabin and Karp's search (1987): a rolling hash is looked up in a table of bits, and only a hit is compared. So the time hardly
 * depends on how many strings there are: about a nanosecond or two a byte.
 * @param traces all of one length, at least one
 */
export function createTraceFinder(traces: readonly Uint8Array[]): TraceFinder {
  const length = traces[0]?.length ?? 0;
  const filter = new Uint32Array(2 ** (FILTER_BITS - 5));
  const byHash = new Map<number, Uint8Array[]>();
  const slotOf = (hash: number): number => Math.imul(hash, 0x9e3779b1) >>> (32 - FILTER_BITS);
  for (const trace of traces) {
    const hash = hashOf(trace);
    const slot = slotOf(hash);
    filter[slot >>> 5] = (filter[slot >>> 5] ?? 0) | (1 << (slot & 31));
    byHash.set(hash, [...(byHash.get(hash) ?? []), trace]);
  }
  let leaving = 1;
  for (let i = 0; i < length; i++) leaving = Math.imul(leaving, BASE);

  const isTrace = (bytes: Uint8Array, hash: number, start: number): boolean =>
    byHash.get(hash)?.some((trace) => trace.every((byte, i) => bytes[start + i] === byte)) ?? false;

  return {
    length,
    find(bytes) {
      if (bytes.length < length) return -1;
      let hash = hashOf(bytes.subarray(0, length));
      for (let start = 0; ; start++) {
        const slot = Math.imul(hash, 0x9e3779b1) >>> (32 - FILTER_BITS);
        if (((filter[slot >>> 5] ?? 0) >>> (slot & 31)) & 1 && isTrace(bytes, hash, start)) return start;
        if (start + length >= bytes.length) return -1;
        const [gone, come] = [bytes[start] ?? 0, bytes[start + length] ?? 0];
        hash = (Math.imul(hash, BASE) + come - Math.imul(gone, leaving)) | 0;
      }
    },
  };
}

function hashOf(bytes: Uint8Array): number {
  let hash = 0;
  for (const byte of bytes) hash = (Math.imul(hash, BASE) + byte) | 0;
  return hash;
}
