/** Watches a training from epoch to epoch. */
export interface EarlyStopping {
  /** Looks at the parameters after an epoch, from 1, and says whether training is over. */
  isOver(epoch: number, parameters: Float32Array): boolean;
  /** What to keep: a copy of the parameters with the lowest loss so far, and their epoch. */
  best(): { readonly epoch: number; readonly parameters: Float32Array };
}

/**
 * Ends a training after so many epochs without a lower loss.
 *
 * Source: Prechelt, Early stopping – but when?, 1998.
 *
 * @param lossOf of parameters on samples that are not trained on
 */
export function createEarlyStopping(patience: number, lossOf: (parameters: Float32Array) => number): EarlyStopping {
  let lowest = Number.POSITIVE_INFINITY;
  let best = { epoch: 0, parameters: new Float32Array() };
  return {
    isOver: (epoch, parameters) => {
      const loss = lossOf(parameters);
      if (loss < lowest) {
        lowest = loss;
        best = { epoch, parameters: parameters.slice() };
      }
      return epoch - best.epoch >= patience;
    },
    best: () => best,
  };
}
