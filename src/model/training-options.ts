import { z } from 'zod';

export const MOST_LOCAL_EPOCHS = 1000;
export const MOST_LOCAL_STEPS = 1_000_000;

/** How one member trains in one round; part of the study's manifest, the same for all members. */
export const trainingSchema = z
  .strictObject({
    optimiser: z.enum(['sgd', 'adam']),
    learningRate: z.number().positive().max(10),
    /** Share of the last step that is kept; sgd only, adam uses its own 0.9 and 0.999. */
    momentum: z.number().min(0).lt(1),
    /** Decoupled from the loss: each step also shrinks every parameter by learningRate × weightDecay of itself. */
    weightDecay: z.number().min(0).max(1),
    /**
     * If given, what a round's training changed is taken for a gradient, and the member contributes a step along it with
     * Nesterov momentum from round to round. 1 and 0 change nothing but roundings.
     */
    outer: z.strictObject({ learningRate: z.number().positive().max(4), momentum: z.number().min(0).lt(1) }).optional(),
    /** Samples per step; the last batch of an epoch may be smaller. */
    batchSize: z.int().min(1).max(4096),
    /** Steps per round, the same number for everybody, over as many passes as that takes. */
    localSteps: z.int().min(1).max(MOST_LOCAL_STEPS).optional(),
    /** Passes over the member's own data per round, instead of `localSteps`: the more data, the more steps. */
    localEpochs: z.int().min(1).max(MOST_LOCAL_EPOCHS).optional(),
    /**
     * Training ends after this many epochs of a round without a lower loss on the member's own held-out part, and the epoch
     * with the lowest counts; the part of an epoch with which `localSteps` end counts as one. If left out, all epochs are trained,
     * and the last counts.
     */
    patience: z.int().min(1).max(1000).optional(),
    /**
     * `balanced` weighs a sample by samples / (classes present × samples of its class); `calibrated` adds the logarithm of
     * each class's share to its logit while training, so that members with different shares pull towards one model and a
     * class that a member has not is left alone. Both count on the member's own data.
     */
    classWeights: z.enum(['none', 'balanced', 'calibrated']),
  })
  .refine(({ localEpochs, localSteps }) => (localEpochs === undefined) !== (localSteps === undefined), {
    error: 'a round has either localEpochs or localSteps',
  });

export type TrainingOptions = z.infer<typeof trainingSchema>;

/**
 * Options with some of them replaced; a length of a round in `localSteps` replaces one in `localEpochs`, and the other way round.
 * @throws ZodError
 */
export function replaceOptions(options: TrainingOptions, changes: Readonly<Record<string, unknown>>): TrainingOptions {
  const isLength = (name: string): boolean => name === 'localEpochs' || name === 'localSteps';
  const isLengthKept = !Object.keys(changes).some(isLength);
  const kept = Object.entries(options).filter(([name]) => isLengthKept || !isLength(name));
  return trainingSchema.parse({ ...Object.fromEntries(kept), ...changes });
}

/** What a round's training takes on so many samples; the last epoch may end before all samples had their turn. */
export function roundLength(options: TrainingOptions, samples: number): { epochs: number; steps: number } {
  const stepsPerEpoch = Math.ceil(samples / options.batchSize);
  const steps = options.localSteps ?? (options.localEpochs ?? 0) * stepsPerEpoch;
  return { epochs: Math.ceil(steps / stepsPerEpoch), steps };
}

/** A round on the data of so many members in one place: as many steps as all of them take together. Epochs are longer there as they are. */
export function pooledOptions(options: TrainingOptions, members: number): TrainingOptions {
  return options.localSteps === undefined ? options : { ...options, localSteps: options.localSteps * members };
}
