import { distances } from '../mix-kernel.ts';
import { clipToCentre } from './clip-to-centre.ts';
import { type MixedSegment, type Mixture, outvoted, ownVector } from './mixture.ts';
import { orderBy } from './order-by.ts';

/** Two sums of shares that differ by less are the same sum in another order. */
const SAME_SHARE = 1e-9;

/**
 * CS+: the own vector plus the weighted differences of the others from it, clipped to the distance within which all but twice the
 * attackers' weight lies (Gaucher, Dieuleveut and Hendrikx 2025). The attackers' weight is that of the b heaviest others.
 * @param attackers b̂
 */
export function clippedSummation(mixture: Mixture, attackers: number): MixedSegment {
  const centre = ownVector(mixture);
  const lengths = distances(centre, mixture.sources);
  const radius = clippingDistance(mixture, lengths, outvoted(attackers, mixture.sources.length));
  return clipToCentre(mixture, { centre, lengths, radii: lengths.map(() => radius) });
}

function clippingDistance({ weights, own }: Mixture, lengths: readonly number[], attackers: number): number {
  const heaviest = weights.filter((_, j) => j !== own).toSorted((a, b) => b - a);
  let target = 1 - SAME_SHARE;
  for (const weight of heaviest.slice(0, attackers)) target -= 2 * weight;
  let reached = 0;
  for (const j of orderBy(lengths)) {
    reached += weights[j] ?? 0;
    if (reached >= target) return lengths[j] ?? 0;
  }
  return Math.max(0, ...lengths);
}
