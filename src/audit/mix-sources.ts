import type { Hex } from '../base/bytes.ts';
import { sharesOf } from '../mixing/mix-shares.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { Recipe } from '../protocol/recipe.ts';
import { readsBase } from '../protocol/segment-codec.ts';

/** A contribution that went into a mix. */
export interface SharedSource {
  readonly member: Hex;
  readonly round: number;
  /** Mean over the segments of the share that it makes up, above 0. Where all sum to less than 1, clipping left the rest to the mixer's base. */
  readonly share: number;
  /** True for an update that was sent as differences: the mixer added them to its own base, so that nothing else was handed on. */
  readonly isDifference: boolean;
}

/** What a mix was made of, by its recipe; sources without a share are left out. */
export function sharesInMix(manifest: Manifest, { entries, segments, member, round }: Recipe): SharedSource[] {
  const own = entries.findIndex((entry) => entry.member === member && entry.round === round);
  const shares = entries.map(() => 0);
  for (const step of segments) {
    const ofSegment = sharesOf(manifest.aggregation.rule, step, own);
    for (const [i, source] of step.sources.entries())
      shares[source] = (shares[source] ?? 0) + (ofSegment[i] ?? 0) / segments.length;
  }
  return entries
    .map((entry, i) => ({
      member: entry.member,
      round: entry.round,
      share: shares[i] ?? 0,
      isDifference: readsBase(manifest, entry.round),
    }))
    .filter(({ share }) => share > 0);
}
