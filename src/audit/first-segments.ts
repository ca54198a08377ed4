import { type Hex, ZERO_DIGEST } from '../base/bytes.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { decodeRecipe } from '../protocol/recipe.ts';
import type { BlobReader } from './write-bundle.ts';

/**
 * What a study begins with, as a bundle names it: the segments of the initial model; or, of a study that goes on from another one, those
 * of each base in the manifest's order, by the recipes that made them. Zero digests stand for a base whose recipe nobody holds.
 * @param initial the digests of the initial model's segments
 */
export async function firstSegments(
  { continues, segments }: Pick<Manifest, 'continues' | 'segments'>,
  initial: readonly Hex[],
  read: BlobReader,
): Promise<Hex[]> {
  if (continues === null || continues.round === 0) return [...initial];
  const digests: Hex[] = [];
  for (const { recipe } of continues.bases) {
    const bytes = await read(recipe);
    const made = bytes === null ? [] : decodeRecipe(bytes).segments;
    digests.push(...Array.from({ length: segments }, (_, i) => made[i]?.result ?? ZERO_DIGEST));
  }
  return digests;
}
