import { lowerMedian } from './lower-median.ts';
import { type MixStep, sharesOf } from './mix-shares.ts';
import { mixRelayed, type RelayedMix } from './relayed-mix.ts';

/** A mix, and of which entries it is known what they were trained from. */
export type KnownMix = RelayedMix & { readonly isKnown: readonly boolean[] };

/**
 * A mix as it would have been with equal weights and with changes of at most the median length: what is stated, or trained for longer, does not count in
 * it. In each segment every known entry with a share has the same share, of changes clipped to the lower median of theirs; what nobody's training changed
 * stays as it is.
 */
export async function equalMix(mix: KnownMix): Promise<KnownMix> {
  const steps: MixStep[] = [];
  for (const segment of mix.steps.keys()) steps.push(await equalStep(mix, segment));
  const known = mix.isKnown.flatMap((isKnown, entry) => (isKnown ? [entry] : []));
  const segments = await addTrainings({ ...mix, steps }, await mixRelayed(mix, known));
  return {
    ...mix,
    rule: 'clipped-mean',
    steps,
    mixedOf: async (segment) => segments[segment] ?? new Float32Array(0),
  };
}

async function equalStep(mix: KnownMix, segment: number): Promise<MixStep> {
  const step = mix.steps[segment] ?? { sources: [], weights: [], scales: [] };
  const shares = sharesOf(mix.rule, step, mix.own);
  const sources = step.sources.filter((entry, i) => (shares[i] ?? 0) > 0 && mix.isKnown[entry] === true);
  const lengths = await Promise.all(sources.map(async (entry) => lengthOf(await mix.changeOf(entry, segment))));
  const limit = lowerMedian(lengths.filter((length) => length > 0));
  return {
    sources,
    weights: sources.map(() => 1 / sources.length),
    scales: lengths.map((length) => (length > limit ? limit / length : 1)),
  };
}

async function addTrainings({ steps, changeOf }: RelayedMix, from: readonly Float32Array[]): Promise<Float32Array[]> {
  const segments: Float32Array[] = [];
  for (const [segment, { sources, weights, scales }] of steps.entries()) {
    const parameters = Float64Array.from(from[segment] ?? []);
    for (const [i, entry] of sources.entries()) {
      const share = (weights[i] ?? 0) * (scales[i] ?? 1);
      const change = await changeOf(entry, segment);
      for (let k = 0; k < parameters.length; k++)
        parameters[k] = (parameters[k] as number) + share * (change[k] as number);
    }
    segments.push(Float32Array.from(parameters));
  }
  return segments;
}

function lengthOf(change: Float32Array): number {
  let sum = 0;
  for (const value of change) sum += value * value;
  return Math.sqrt(sum);
}
