/** Where a vector is cut into segments: one function a segment. */
export function cutsOf(length: number, segments: number): ((vector: Float32Array) => Float32Array)[] {
  return Array.from({ length: segments }, (_, s) => {
    const [start, end] = [s, s + 1].map((edge) => Math.floor((length * edge) / segments));
    return (vector: Float32Array) => vector.subarray(start, end);
  });
}

export function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    for (const [k, value] of vector.entries()) sum[k] = (sum[k] as number) + value / vectors.length;
  return sum;
}

export function meanOfNumbers(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
