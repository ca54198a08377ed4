import { distances } from '../mix-kernel.ts';

/** Euclidean distances between all sources, each pair computed once: `result[i][j] === result[j][i]`, zero on the diagonal. */
export function pairwiseDistances(sources: readonly Float32Array[]): number[][] {
  const result = sources.map(() => sources.map(() => 0));
  for (const [i, source] of sources.entries()) {
    for (const [k, distance] of distances(source, sources.slice(i + 1)).entries()) {
      const j = i + 1 + k;
      (result[i] as number[])[j] = distance;
      (result[j] as number[])[i] = distance;
    }
  }
  return result;
}
