import type { TrainingOptions } from './training-options.ts';

/** Changes parameters in place by one step. */
export type Optimiser = (parameters: Float32Array, gradient: Float32Array) => void;

const ADAM_FIRST_DECAY = 0.9;
const ADAM_SECOND_DECAY = 0.999;
const ADAM_EPSILON = 1e-7;

/**
 * An optimiser with fresh state over `size` parameters. Elements are updated in order, in double precision with one
 * rounding to float32, by + − × ÷ √ only: the same bits everywhere.
 *
 * Sources: Polyak momentum as in Sutskever et al. 2013; Kingma and Ba, Adam, 2015; decoupled decay of Loshchilov and
 * Hutter, 2019, for both.
 */
export function createOptimiser(options: TrainingOptions, size: number): Optimiser {
  return options.optimiser === 'sgd' ? createSgd(options, size) : createAdam(options, size);
}

function createSgd({ learningRate, momentum, weightDecay }: TrainingOptions, size: number): Optimiser {
  const velocity = new Float32Array(size);
  const kept = 1 - learningRate * weightDecay;
  return (parameters, gradient) => {
    for (let i = 0; i < size; i++) {
      const speed = momentum * (velocity[i] as number) + (gradient[i] as number);
      velocity[i] = speed;
      parameters[i] = kept * (parameters[i] as number) - learningRate * speed;
    }
  };
}

function createAdam({ learningRate, weightDecay }: TrainingOptions, size: number): Optimiser {
  const first = new Float32Array(size);
  const second = new Float32Array(size);
  const kept = 1 - learningRate * weightDecay;
  let firstRemainder = 1;
  let secondRemainder = 1;
  return (parameters, gradient) => {
    firstRemainder *= ADAM_FIRST_DECAY;
    secondRemainder *= ADAM_SECOND_DECAY;
    const rate = (learningRate * Math.sqrt(1 - secondRemainder)) / (1 - firstRemainder);
    for (let i = 0; i < size; i++) {
      const slope = gradient[i] as number;
      const mean = ADAM_FIRST_DECAY * (first[i] as number) + (1 - ADAM_FIRST_DECAY) * slope;
      const square = ADAM_SECOND_DECAY * (second[i] as number) + (1 - ADAM_SECOND_DECAY) * slope * slope;
      first[i] = mean;
      second[i] = square;
      parameters[i] = kept * (parameters[i] as number) - (rate * mean) / (Math.sqrt(square) + ADAM_EPSILON);
    }
  };
}
