type VectorReader = (entry: number, segment: number) => Promise<Float32Array>;

/** Decoded segments that are kept in memory for the valuation, which mixes them again and again. */
const VECTOR_CACHE_BYTES = 256 * 1024 * 1024;

/** Remembers what was read, as long as it fits. */
export function cacheVectors(read: VectorReader): VectorReader {
  const cached = new Map<string, Float32Array>();
  let cachedBytes = 0;
  return async (entry, segment) => {
    const name = `${entry}/${segment}`;
    const known = cached.get(name);
    if (known !== undefined) return known;
    const vector = await read(entry, segment);
    if (cachedBytes + vector.byteLength <= VECTOR_CACHE_BYTES) {
      cached.set(name, vector);
      cachedBytes += vector.byteLength;
    }
    return vector;
  };
}
