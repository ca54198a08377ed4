import { distances } from '../mix-kernel.ts';
import { clipToCentre } from './clip-to-centre.ts';
import { type MixedSegment, type Mixture, outvoted, ownVector } from './mixture.ts';
import { orderBy } from './order-by.ts';
import { reachOfOthers } from './screening.ts';

/**
 * Weighted mean that leaves out whoever is infinitely suspect and at most the b most suspect of the others, never one that nothing speaks against, and draws what is left towards
 * the own vector until it is no farther from it than the others reach. Weights stay what samples make them. Why so:
 * docs/decisions/0029-screened-mean.md.
 * @param attackers b̂
 * @param clipFactor times the others' reach is as far as a source may be
 * @param trustedClipFactor the same for a trusted one
 */
export function screenedMean(
  mixture: Mixture,
  { attackers, clipFactor, trustedClipFactor }: { attackers: number; clipFactor: number; trustedClipFactor: number },
): MixedSegment {
  const { sources, own, suspicions } = mixture;
  const centre = ownVector(mixture);
  const lengths = distances(centre, sources);
  const weights = screenedWeights(mixture, outvoted(attackers, sources.length));
  const reach = reachOfOthers(lengths, own, attackers);
  const radii = suspicions.map(
    (suspicion) => reach * (suspicion === Number.NEGATIVE_INFINITY ? trustedClipFactor : clipFactor),
  );
  return clipToCentre({ sources, weights }, { centre, lengths, radii });
}

/** Weights without the most suspect, summing to 1 again. */
function screenedWeights({ weights, suspicions, own }: Mixture, limit: number): number[] {
  const suspects = orderBy(suspicions.map((suspicion) => -suspicion)).filter(
    (j) => (suspicions[j] ?? 0) > 0 && j !== own,
  );
  const out = suspects.filter((j) => suspicions[j] === Number.POSITIVE_INFINITY).length;
  const left = suspects.slice(0, out + limit);
  let total = 0;
  for (const [j, weight] of weights.entries()) if (!left.includes(j)) total += weight;
  return weights.map((weight, j) => (left.includes(j) || total === 0 ? 0 : weight / total));
}
