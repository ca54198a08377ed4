import { distances } from '../mix-kernel.ts';
import { clipToCentre } from './clip-to-centre.ts';
import { type MixedSegment, type Mixture, ownVector } from './mixture.ts';

/**
 * The own vector plus the weighted differences of the others from it, each clipped to a length (He, Karimireddy and Jaggi 2022,
 * arXiv 2202.01545).
 * @param radius that length, for one segment
 */
export function selfCentredClipping(mixture: Mixture, radius: number): MixedSegment {
  const centre = ownVector(mixture);
  return clipToCentre(mixture, {
    centre,
    lengths: distances(centre, mixture.sources),
    radii: mixture.sources.map(() => radius),
  });
}
