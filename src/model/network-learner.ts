import type { ClassBalance } from './class-balance.ts';
import { countCorrect } from './count-correct.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { Learner } from './learner.ts';
import type { Network } from './network.ts';

/** Cross-entropy on a network, its gradient balanced by class. */
export function createNetworkLearner(network: Network, balance: ClassBalance): Learner {
  return {
    learn: (parameters, batch, training) => {
      const { logProbabilities, gradient, averages } = network.differentiate(parameters, batch, balance, training);
      const loss = crossEntropy(logProbabilities, batch.labels);
      return { loss, gradient, averages, correct: countCorrect(logProbabilities, batch.labels) };
    },
  };
}
