import type { AggregationTerms } from '../protocol/aggregation-terms.ts';
import type { Recipe } from '../protocol/recipe.ts';

/** One segment of a recipe, but for its result. */
export type MixStep = Pick<Recipe['segments'][number], 'sources' | 'weights' | 'scales'>;

/**
 * How much of a mixed segment each source makes up: its weight times its clipping. What clipping keeps out stays with the mixer's own contribution, or,
 * under the clipped mean, with its base: then the shares sum to less than 1. Under rules that work parameter by parameter all sources state the same weight.
 * @param own index of the mixer's own entry
 * @returns one share a source, in order
 */
export function sharesOf(rule: AggregationTerms['rule'], step: MixStep, own: number): number[] {
  const shares = step.weights.map((weight, i) => weight * (step.scales[i] ?? 1));
  if (rule === 'clipped-mean') return shares;
  const kept = Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0));
  return shares.map((share, i) => (step.sources[i] === own ? share + kept : share));
}
