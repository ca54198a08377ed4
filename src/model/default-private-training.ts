import type { Architecture } from './architecture.ts';
import type { DefaultTraining, SampleShape } from './default-training.ts';

/** What a study with private training starts from unless its manifest says otherwise. */
export interface DefaultPrivateTraining extends DefaultTraining {
  /** Largest Euclidean norm of one sample's gradient. */
  readonly clipNorm: number;
  /** Expected samples of a batch; a member with fewer takes all of them in every step. */
  readonly batchSize: number;
  readonly stepsPerRound: number;
}

const privateSteps = {
  wdbc: { rounds: 10, stepsPerRound: 2, batchSize: 32, learningRate: 2, weightDecay: 0.02 },
  digits: { rounds: 15, stepsPerRound: 3, batchSize: 128, learningRate: 6, weightDecay: 0 },
  npz: { rounds: 10, stepsPerRound: 5, batchSize: 128, learningRate: 2, weightDecay: 0 },
  tables: { rounds: 10, stepsPerRound: 2, batchSize: 32, learningRate: 1, weightDecay: 0.02 },
} as const;

/** Images are averaged down to at most so many pixels on a side, and have so many hidden units. */
const PRIVATE_SIDE = 14;
const PRIVATE_HIDDEN = 32;

/**
 * Architecture, training options and steps for private training, where each parameter has noise of its own: networks with
 * few parameters, few and long steps, large batches. Chosen for ε = 8 and five members; `npm run bench:privacy` prints what
 * images reach with them.
 * @param samples decides inputs and classes
 */
export function defaultPrivateTraining(
  kind: 'wdbc' | 'digits' | 'npz' | 'tables',
  samples: SampleShape,
): DefaultPrivateTraining {
  const { rounds, stepsPerRound, batchSize, learningRate, weightDecay } = privateSteps[kind];
  return {
    architecture: kind === 'npz' ? smallImageNetwork(samples) : linearNetwork(samples),
    training: {
      optimiser: 'sgd',
      learningRate,
      momentum: 0,
      weightDecay,
      batchSize,
      localEpochs: 1,
      classWeights: 'none',
    },
    rounds,
    clipNorm: 1,
    batchSize,
    stepsPerRound,
  };
}

function linearNetwork({ inputShape, classes }: SampleShape): Architecture {
  return { kind: 'logistic', inputs: inputShape.reduce((product, side) => product * side, 1), classes };
}

function smallImageNetwork({ inputShape, classes }: SampleShape): Architecture {
  const [height, width] = inputShape as [number, number, number];
  const kernel: [number, number] = [Math.ceil(height / PRIVATE_SIDE), Math.ceil(width / PRIVATE_SIDE)];
  const dense = { kind: 'dense', bias: true } as const;
  return {
    kind: 'layers',
    inputShape: [...inputShape],
    classes,
    nodes: [
      { name: 'shrink', spec: { kind: 'average-pool', kernel, strides: kernel, padding: 'same' }, inputs: [] },
      { name: 'hidden', spec: { ...dense, units: PRIVATE_HIDDEN, activation: 'relu' }, inputs: [0] },
      { name: 'classes', spec: { ...dense, units: classes, activation: 'linear' }, inputs: [1] },
    ],
  };
}
