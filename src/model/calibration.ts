/** How well stated probabilities agree with what happens. */
export interface Calibration {
  /**
   * Expected calibration error (Naeini et al. 2015; Guo et al. 2017), 0 … 1: over bins of equal width the mean, weighted by samples, of
   * |mean stated probability − observed share|.
   */
  readonly error: number;
  /** Brier's score (1950): mean over samples of the squared distances to the label over all classes, 0 … 2. */
  readonly brier: number;
  /** In ascending order of probability; those without a sample too. */
  readonly bins: readonly CalibrationBin[];
}

export interface CalibrationBin {
  readonly samples: number;
  /** Mean stated probability of the bin's samples; 0 without any. */
  readonly predicted: number;
  /** Share of them for which it came true; 0 without any. */
  readonly observed: number;
}

/** Bins from 0 to 1; their upper bounds belong to the next one, but for the last. */
export const CALIBRATION_BINS = 10;

/**
 * Of two classes the probability of class 1 is judged, as a risk is read; of more the probability of the class that is chosen.
 * @param probabilities samples × classes, sample after sample; at least one sample
 */
export function calibrationOf(probabilities: Float32Array, labels: Uint8Array, classes: number): Calibration {
  const sums = Array.from({ length: CALIBRATION_BINS }, () => ({ samples: 0, predicted: 0, observed: 0 }));
  let squares = 0;
  labels.forEach((label, sample) => {
    // Rounding may take a probability beyond 1.
    const stated = probabilities.subarray(sample * classes, (sample + 1) * classes).map((each) => Math.min(1, each));
    const judged = classes === 2 ? 1 : stated.indexOf(Math.max(...stated));
    const probability = stated[judged] as number;
    const sum = sums[Math.min(CALIBRATION_BINS - 1, Math.floor(probability * CALIBRATION_BINS))];
    if (sum === undefined) return;
    sum.samples += 1;
    sum.predicted += probability;
    sum.observed += label === judged ? 1 : 0;
    stated.forEach((each, index) => {
      squares += (each - (index === label ? 1 : 0)) ** 2;
    });
  });
  const gaps = sums.map(({ predicted, observed }) => Math.abs(predicted - observed));
  return {
    error: Math.min(1, gaps.reduce((total, gap) => total + gap, 0) / labels.length),
    brier: Math.min(2, squares / labels.length),
    bins: sums.map(({ samples, predicted, observed }) => ({
      samples,
      predicted: samples === 0 ? 0 : predicted / samples,
      observed: samples === 0 ? 0 : observed / samples,
    })),
  };
}
