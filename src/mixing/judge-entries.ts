import { distances } from '../model/mix-kernel.ts';
import type { Judgement } from '../protocol/recipe.ts';
import type { MixInput } from './compute-mix.ts';
import { lowerMedian } from './lower-median.ts';

const THOUSANDTHS = 1_000;

/** How the sources of one segment lie to a gradient. */
export interface SegmentGains {
  /** −gradient · change from the base, of each source. */
  readonly gains: readonly number[];
  /** Square of the gradient's length, and of the median length of the changes. */
  readonly gradientSquared: number;
  readonly medianSquared: number;
}

/**
 * How far each contribution's change turns towards less loss on the mixer's own held-out records: −gradient · change ÷ (length of the gradient ×
 * median length of the changes), over the segments that it was mixed into, between −1 and 1.
 * @param gradient of the loss, at the mix, balanced by class; in the layout of the parameters
 * @returns for each entry thousandths; null for the own one and where nothing can be said
 */
export async function judgeEntries(mix: MixInput, gradient: Float32Array): Promise<Judgement['scores']> {
  const surveys: { sources: readonly number[]; survey: SegmentGains }[] = [];
  let start = 0;
  for (const [segment, sources] of mix.plan.sources.entries()) {
    const base = await mix.baseOf(segment);
    const slope = gradient.subarray(start, start + base.length);
    start += base.length;
    const vectors = await Promise.all(sources.map((entry) => mix.segmentOf(entry, segment)));
    surveys.push({ sources, survey: surveyGains(base, slope, vectors) });
  }
  return scoresOf(surveys, mix.plan);
}

export function surveyGains(base: Float32Array, slope: Float32Array, sources: readonly Float32Array[]): SegmentGains {
  const still = dot(slope, base);
  const median = lowerMedian(distances(base, sources));
  return {
    gains: sources.map((source) => still - dot(slope, source)),
    gradientSquared: dot(slope, slope),
    medianSquared: median * median,
  };
}

export function scoresOf(
  surveys: readonly { readonly sources: readonly number[]; readonly survey: SegmentGains }[],
  { entries, own }: { readonly entries: readonly unknown[]; readonly own: number },
): Judgement['scores'] {
  const sums = entries.map(() => ({ gain: 0, gradientSquared: 0, medianSquared: 0 }));
  for (const { sources, survey } of surveys) {
    for (const [i, entry] of sources.entries()) {
      const sum = sums[entry] as (typeof sums)[number];
      sum.gain += survey.gains[i] ?? 0;
      sum.gradientSquared += survey.gradientSquared;
      sum.medianSquared += survey.medianSquared;
    }
  }
  return sums.map(({ gain, gradientSquared, medianSquared }, entry) =>
    entry === own ? null : toThousandths(gain / (Math.sqrt(gradientSquared) * Math.sqrt(medianSquared))),
  );
}

function toThousandths(share: number): number | null {
  if (!Number.isFinite(share)) return null;
  const score = Math.round(THOUSANDTHS * Math.min(1, Math.max(-1, share)));
  return score === 0 ? 0 : score;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}
