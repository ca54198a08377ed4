import type { TrainingOptions } from './training-options.ts';

export interface OuterStep {
  readonly parameters: Float32Array;
  /** For the next round. */
  readonly velocity: Float32Array;
}

/**
 * Takes what a round's training changed for a gradient, and steps along it with Nesterov momentum from round to round. It is
 * linear: where all members mix all updates evenly, the mix is the step along the mean change.
 *
 * Source: Douillard et al., DiLoCo: distributed low-communication training of language models, 2023, algorithm 1.
 *
 * @param round base and result of the training, and the last round's velocity, all of one length
 */
export function outerStep(
  { learningRate, momentum }: NonNullable<TrainingOptions['outer']>,
  { base, trained, velocity }: { base: Float32Array; trained: Float32Array; velocity: Float32Array },
): OuterStep {
  const next = velocity.map((speed, i) => momentum * speed + (trained[i] as number) - (base[i] as number));
  const parameters = base.map((from, i) => {
    const change = (trained[i] as number) - from;
    return from + learningRate * (change + momentum * (next[i] as number));
  });
  return { parameters, velocity: next };
}
