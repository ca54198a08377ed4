/**
 * What private training takes from outside: which samples are in a batch, and the noise. The arithmetic of training knows
 * neither budgets nor where chance comes from.
 */
export interface PrivateSteps {
  /** Batches in this run. */
  readonly count: number;
  /** Largest Euclidean norm that one sample's gradient may have in a sum. */
  readonly clipNorm: number;
  /** Mean number of samples in a batch; a noisy sum is divided by it, however many there were. */
  readonly expectedBatch: number;
  /** Indices of the next batch's samples; may be none. */
  drawBatch(): readonly number[];
  /** The sum of clipped gradients with noise; nothing else of a batch may be used. */
  perturb(sum: Float64Array): ArrayLike<number>;
}
