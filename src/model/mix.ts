import { distances, weightedSum } from './mix-kernel.ts';

/**
 * The arithmetic of a mix. An auditor repeats it bit for bit, so order and precision are part of the protocol: 64-bit sums in the
 * order of the sources, only additions, multiplications, divisions and square roots (which IEEE 754 rounds correctly
 * on every machine), and one rounding to 32 bits at the end.
 */

/** What a source brings to the weights of a mix. */
export interface MixSource {
  /** Training examples behind it. */
  readonly samples: number;
  /** Rounds that it is late. */
  readonly staleness: number;
}

export interface WeightRule {
  /** No weight passes this share; where that is impossible (too few sources) all weigh the same. */
  readonly weightShareCap: number;
  /** Factor per round of staleness. */
  readonly discount: number;
}

/**
 * Shares by samples and staleness, capped; what a cap takes is spread over the others in proportion.
 * @returns one weight a source, in order, summing to 1 up to rounding
 */
export function mixWeights(sources: readonly MixSource[], rule: WeightRule): number[] {
  const raw = sources.map(({ samples, staleness }) => {
    let weight = samples;
    for (let late = 0; late < staleness; late++) weight *= rule.discount;
    return weight;
  });
  const uniform = 1 / sources.length;
  if (rule.weightShareCap <= uniform) return raw.map(() => uniform);
  const capped = raw.map(() => false);
  for (;;) {
    let [free, room] = [0, 1];
    for (const [i, weight] of raw.entries()) {
      if (capped[i]) room -= rule.weightShareCap;
      else free += weight;
    }
    const share = (weight: number): number => (free > 0 ? (weight / free) * room : uniform);
    const over = raw.findIndex((weight, i) => !capped[i] && share(weight) > rule.weightShareCap);
    if (over < 0) return raw.map((weight, i) => (capped[i] ? rule.weightShareCap : share(weight)));
    capped[over] = true;
  }
}

export interface MixedSegment {
  readonly mixed: Float32Array;
  /** The factor that clipping put on each source's difference from the base; 1 where it was short enough. */
  readonly scales: number[];
}

/**
 * Weighted mean of the sources, each clipped so that its distance from the base is at most `clipFactor` times the median distance
 * (norm clipping as in Sun et al. 2019, arXiv 1911.07963, with a threshold that follows the data).
 * @param base the mixing member's base, length n
 * @param sources vectors of length n, in the recipe's order
 * @param weights one a source
 */
export function mixSegment(
  base: Float32Array,
  sources: readonly Float32Array[],
  weights: readonly number[],
  clipFactor: number,
): MixedSegment {
  const scales = clipScales(base, sources, clipFactor);
  const weighted = sources.map((vector, j) => ({ vector, weight: weights[j] ?? 0, scale: scales[j] ?? 1 }));
  return { mixed: weightedSum(base, weighted), scales };
}

function clipScales(base: Float32Array, sources: readonly Float32Array[], clipFactor: number): number[] {
  const norms = distances(base, sources);
  const sorted = norms.toSorted((a, b) => a - b);
  const threshold = clipFactor * (sorted[Math.floor((sorted.length - 1) / 2)] ?? 0);
  return norms.map((norm) => (norm > threshold ? threshold / norm : 1));
}

/** The eight bits of a 32-bit float that hold its exponent; all set in NaN and infinity, and in nothing else. */
const EXPONENT_BITS = 0x7f80_0000;
/** The exponent of 2⁴⁰: no parameter of a usable model is so large, and sums and products of smaller ones stay far from overflow. */
const OUT_OF_RANGE_BITS = (127 + 40) << 23;

/**
 * What stands against mixing these numbers: NaN or infinity, or a magnitude of 2⁴⁰ and more. Negative zero and numbers too small to be normal
 * are ordinary, and mixed. @returns null for nothing
 */
export function faultOfVector(vector: Float32Array): 'not-finite' | 'out-of-range' | null {
  const bits = new Uint32Array(vector.buffer, vector.byteOffset, vector.length);
  let largest = 0;
  for (let k = 0; k < bits.length; k++) {
    const exponent = (bits[k] as number) & EXPONENT_BITS;
    if (exponent > largest) largest = exponent;
  }
  if (largest === EXPONENT_BITS) return 'not-finite';
  return largest >= OUT_OF_RANGE_BITS ? 'out-of-range' : null;
}
