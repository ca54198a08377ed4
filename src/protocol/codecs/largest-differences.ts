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
  const magnitudes = new Float32Array(differences.length);
  for (let k = 0; k < magnitudes.length; k++) {
    const magnitude = Math.abs(differences[k] as number);
    magnitudes[k] = magnitude === magnitude ? magnitude : Number.POSITIVE_INFINITY;
  }
  const threshold = magnitudes.toSorted()[magnitudes.length - count] as number;
  let ties = count;
  for (let k = 0; k < magnitudes.length; k++) if ((magnitudes[k] as number) > threshold) ties -= 1;
  const indices = new Uint32Array(count);
  for (let k = 0, found = 0; found < count; k++) {
    const magnitude = magnitudes[k] as number;
    if (magnitude < threshold || (magnitude === threshold && ties-- <= 0)) continue;
    indices[found++] = k;
  }
  return indices;
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
