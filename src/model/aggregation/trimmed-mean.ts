import { equalShares, type MixedSegment, type Mixture, outvoted, unclipped } from './mixture.ts';
import { eachSortedColumn } from './sorted-columns.ts';

/**
 * Parameter by parameter the mean of what is left without the b smallest and the b largest values (Yin et al. 2018, arXiv 1803.01498).
 * Weights play no part.
 * @param attackers b̂
 */
export function trimmedMean(mixture: Mixture, attackers: number): MixedSegment {
  const trim = outvoted(attackers, mixture.sources.length);
  return { mixed: trimColumns(mixture.sources, trim), weights: equalShares(mixture), scales: unclipped(mixture) };
}

/** @param trim values to leave out at either end of a parameter, less than half of the sources */
export function trimColumns(sources: readonly Float32Array[], trim: number): Float32Array {
  const mixed = new Float32Array(sources[0]?.length ?? 0);
  const kept = sources.length - 2 * trim;
  eachSortedColumn(sources, (sorted, parameter) => {
    let sum = 0;
    for (let j = trim; j < trim + kept; j++) sum += sorted[j] as number;
    mixed[parameter] = sum / kept;
  });
  return mixed;
}

/** The coordinate median: everything trimmed but the one value in the middle, or the two whose mean it then is. */
export function coordinateMedian(mixture: Mixture): MixedSegment {
  return trimmedMean(mixture, mixture.sources.length);
}
