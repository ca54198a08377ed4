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
  const mixed = new Float32Array(base.length);
  const sums = new Float64Array(BLOCK_LENGTH);
  // In blocks that stay in the processor's nearest cache; each parameter's sum still goes through the sources in order.
  for (let start = 0; start < mixed.length; start += BLOCK_LENGTH) {
    const length = Math.min(BLOCK_LENGTH, mixed.length - start);
    const block = sums.subarray(0, length).fill(0);
    const own = base.subarray(start, start + length);
    for (const [j, source] of sources.entries()) {
      const part = source.subarray(start, start + length);
      const scale = scales[j] ?? 1;
      if (scale === 1) addWeighted(block, part, weights[j] ?? 0);
      else addClipped({ sums: block, own, source: part, weight: weights[j] ?? 0, scale });
    }
    mixed.set(block, start);
  }
  return { mixed, scales };
}

/** Parameters that are summed at a time. */
const BLOCK_LENGTH = 2048;

function addWeighted(sums: Float64Array, source: Float32Array, weight: number): void {
  for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] as number) + weight * (source[k] as number);
}

interface ClippedSource {
  readonly sums: Float64Array;
  readonly own: Float32Array;
  readonly source: Float32Array;
  readonly weight: number;
  readonly scale: number;
}

function addClipped({ sums, own, source, weight, scale }: ClippedSource): void {
  for (let k = 0; k < sums.length; k++) {
    const base = own[k] as number;
    sums[k] = (sums[k] as number) + weight * (base + scale * ((source[k] as number) - base));
  }
}

function clipScales(base: Float32Array, sources: readonly Float32Array[], clipFactor: number): number[] {
  const norms = sources.map((source) => distance(base, source));
  const sorted = norms.toSorted((a, b) => a - b);
  const threshold = clipFactor * (sorted[Math.floor((sorted.length - 1) / 2)] ?? 0);
  return norms.map((norm) => (norm > threshold ? threshold / norm : 1));
}

function distance(base: Float32Array, source: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < base.length; k++) {
    const difference = (source[k] as number) - (base[k] as number);
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** Bits of a 32-bit float that are all set in NaN and infinity, and in nothing else. */
const EXPONENT_BITS = 0x7f80_0000;

/** True if every number is finite: what a segment must be before it may be mixed. */
export function isFiniteVector(vector: Float32Array): boolean {
  const bits = new Uint32Array(vector.buffer, vector.byteOffset, vector.length);
  for (let k = 0; k < bits.length; k++) if (((bits[k] as number) & EXPONENT_BITS) === EXPONENT_BITS) return false;
  return true;
}
