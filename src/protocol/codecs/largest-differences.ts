/** The largest differences from a base, by index. An entry takes an index and a number of 32 bits each. */
const ENTRY_BYTES = 8;
const INDEX_BYTES = 4;

/** How many of `length` differences are sent. */
export function keptOf(length: number, share: number): number {
  return Math.max(1, Math.ceil(share * length));
}

export function differencesLength(length: number, share: number): number {
  return ENTRY_BYTES * keptOf(length, share);
}

/**
 * @returns all indices, ascending, then all differences, little-endian both; and the indices. Of equal magnitudes the lower index goes
 *   first. A number that is not finite is the largest of all, and is refused where it arrives.
 */
export function encodeDifferences(differences: Float32Array, share: number): { bytes: Uint8Array; kept: Uint32Array } {
  const kept = largest(differences, keptOf(differences.length, share));
  const bytes = new Uint8Array(ENTRY_BYTES * kept.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < kept.length; i++) {
    view.setUint32(INDEX_BYTES * i, kept[i] as number, true);
    view.setFloat32(INDEX_BYTES * (kept.length + i), differences[kept[i] as number] as number, true);
  }
  return { bytes, kept };
}

function largest(differences: Float32Array, count: number): Uint32Array {
  const magnitudes = magnitudesOf(differences);
  const { threshold, above } = findThreshold(magnitudes, count);
  let ties = count - above;
  const indices = new Uint32Array(count);
  for (let k = 0, found = 0; found < count; k++) {
    const magnitude = magnitudes[k] as number;
    if (magnitude < threshold || (magnitude === threshold && ties-- <= 0)) continue;
    indices[found++] = k;
  }
  return indices;
}

const INFINITY_BITS = 0x7f80_0000;

/** The bits of each magnitude, which are ordered as the magnitudes are; NaN counts as infinity. */
function magnitudesOf(differences: Float32Array): Uint32Array {
  const magnitudes = new Uint32Array(differences.buffer, differences.byteOffset, differences.length).slice();
  for (let k = 0; k < magnitudes.length; k++) {
    const magnitude = (magnitudes[k] as number) & 0x7fff_ffff;
    magnitudes[k] = magnitude > INFINITY_BITS ? INFINITY_BITS : magnitude;
  }
  return magnitudes;
}

/** Magnitudes have 31 bits: their upper 16 are counted first, then the lower 15 of those that share the threshold's upper ones. */
const LOWER_BITS = 15;
const LOWER_MASK = (1 << LOWER_BITS) - 1;

/** @returns the `count`-th largest magnitude, and how many are larger; in time that does not depend on the numbers */
function findThreshold(magnitudes: Uint32Array, count: number): { threshold: number; above: number } {
  const upper = new Uint32Array(1 << 16);
  for (let k = 0; k < magnitudes.length; k++) {
    const bucket = (magnitudes[k] as number) >>> LOWER_BITS;
    upper[bucket] = (upper[bucket] as number) + 1;
  }
  const high = descend(upper, count);
  const lower = new Uint32Array(1 << LOWER_BITS);
  for (let k = 0; k < magnitudes.length; k++) {
    const magnitude = magnitudes[k] as number;
    if (magnitude >>> LOWER_BITS !== high.bucket) continue;
    const bucket = magnitude & LOWER_MASK;
    lower[bucket] = (lower[bucket] as number) + 1;
  }
  const low = descend(lower, count - high.above);
  return { threshold: (high.bucket << LOWER_BITS) | low.bucket, above: high.above + low.above };
}

/** The bucket of the `count`-th from above, and how many lie in the buckets above it. */
function descend(histogram: Uint32Array, count: number): { bucket: number; above: number } {
  let above = 0;
  let bucket = histogram.length - 1;
  while (bucket > 0 && above + (histogram[bucket] as number) < count) above += histogram[bucket--] as number;
  return { bucket, above };
}

/**
 * Adds differences to a base, in 64 bits, rounded to 32.
 * @returns null for a wrong length, or indices that are out of range or do not ascend
 */
export function addDifferences(bytes: Uint8Array, base: Float32Array, share: number): Float32Array | null {
  const count = keptOf(base.length, share);
  if (bytes.length !== ENTRY_BYTES * count) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parameters = base.slice();
  let before = -1;
  for (let i = 0; i < count; i++) {
    const index = view.getUint32(INDEX_BYTES * i, true);
    if (index <= before || index >= base.length) return null;
    before = index;
    parameters[index] = (base[index] as number) + view.getFloat32(INDEX_BYTES * (count + i), true);
  }
  return parameters;
}
