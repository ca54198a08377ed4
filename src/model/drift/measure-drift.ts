import { DRIFT_THRESHOLDS } from './drift-thresholds.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { kernelMatrix, maximumMeanDiscrepancy, type Points, permutationTest } from './maximum-mean-discrepancy.ts';
import { countBetween, populationStability, quantileBounds } from './population-stability.ts';

/** `watch`: a small shift; `alert`: one that needs somebody to look. */
export type DriftState = 'steady' | 'watch' | 'alert';

/** One number of each record. */
export interface Quantity {
  readonly name: string;
  readonly reference: ArrayLike<number>;
  readonly current: ArrayLike<number>;
}

export interface QuantityDrift {
  readonly name: string;
  /** Distance between the distribution functions, and the probability of one as large by chance. */
  readonly ks: number;
  readonly pValue: number;
  /** Below this a p value counts. */
  readonly level: number;
  readonly psi: number;
  readonly state: DriftState;
  /** Shares of the records between bounds that cut the reference into equal parts. */
  readonly bounds: readonly number[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

export interface JointDrift {
  /** Unbiased estimate of the squared discrepancy. */
  readonly mmd: number;
  readonly pValue: number;
  readonly state: DriftState;
}

const MOST_BINS = 10;
/** With fewer values in a bin its share is mostly chance, and so is the index: on average it is (bins − 1) × (1/n + 1/m) without any shift. */
const VALUES_IN_BIN = 10;
const DEALS = 199;

/**
 * Compares each quantity's values with its reference. A shift is told only if it is both large (PSI) and not by chance (KS): of few records the
 * index alone is large by chance, of many the test alone finds shifts too small to matter.
 */
export function measureQuantities(quantities: readonly Quantity[]): QuantityDrift[] {
  const level = DRIFT_THRESHOLDS.level.value / Math.max(1, quantities.length);
  return quantities.map((quantity) => measureQuantity(quantity, level));
}

function measureQuantity({ name, ...samples }: Quantity, level: number): QuantityDrift {
  const [reference, current] = [Array.from(samples.reference), Array.from(samples.current)];
  const { distance, pValue } = kolmogorovSmirnov(reference, current);
  const fewer = Math.min(reference.length, current.length);
  const bins = Math.max(2, Math.min(MOST_BINS, Math.floor(fewer / VALUES_IN_BIN)));
  const bounds = quantileBounds(reference, bins);
  const [expected, actual] = [countBetween(reference, bounds), countBetween(current, bounds)];
  const psi = populationStability(expected, actual);
  return {
    name,
    ks: distance,
    pValue,
    level,
    psi,
    state: pValue < level ? stateOfIndex(psi) : 'steady',
    bounds,
    reference: expected.map((count) => count / reference.length),
    current: actual.map((count) => count / current.length),
  };
}

function stateOfIndex(psi: number): DriftState {
  if (psi >= DRIFT_THRESHOLDS.psi.alert) return 'alert';
  return psi >= DRIFT_THRESHOLDS.psi.watch ? 'watch' : 'steady';
}

/**
 * Compares records as a whole, which also finds shifts in how their numbers go together.
 * @param seed of the permutations
 */
export function measureJointly(reference: Points, current: Points, seed: string): JointDrift {
  const kernel = kernelMatrix(reference, current);
  const pValue = permutationTest(kernel, DEALS, seed);
  const isShifted = pValue < DRIFT_THRESHOLDS.level.value;
  return { mmd: maximumMeanDiscrepancy(kernel).unbiased, pValue, state: isShifted ? 'alert' : 'steady' };
}
