import type { ArchitectureOf } from '../architecture.ts';
import { assertParameters } from '../assert-parameters.ts';
import type { Batch } from '../batch.ts';
import type { Evaluation, Model } from '../engine.ts';
import { checkExamples, type Examples } from '../examples.ts';
import { heldOutLoss } from '../held-out-loss.ts';
import type { Learner } from '../learner.ts';
import { ModelError } from '../model-error.ts';
import { layoutOf } from '../parameter-layout.ts';
import { trainingLoop } from '../training-loop.ts';
import type { TrainingOptions } from '../training-options.ts';
import { concordanceIndex } from './concordance-index.ts';
import { logRisksOf, weightGradient } from './log-risks.ts';
import { partialLikelihood } from './partial-likelihood.ts';
import { survivalOf } from './survival-batch.ts';

/**
 * A linear model of log risk, in TypeScript on every engine: a few numbers a sample need no tensors. In training a risk
 * set is what of it the batch has.
 */
export function createCoxModel(architecture: ArchitectureOf<'cox'>): Model {
  const layout = layoutOf(architecture);
  const check = (parameters: Float32Array, examples: Examples): void => {
    assertParameters(layout, parameters);
    checkExamples(architecture, examples);
  };
  const evaluateHere: Model['evaluate'] = (parameters, examples) => {
    check(parameters, examples);
    return evaluate(parameters, examples);
  };
  return {
    architecture,
    layout,
    train: async function* (parameters, examples, options, run) {
      check(parameters, examples);
      assertNoClassWeights(options);
      return yield* trainingLoop(
        learner,
        parameters,
        { examples, options, lossOf: heldOutLoss(evaluateHere, run) },
        run,
      );
    },
    trainPrivately: async () => {
      const reason = 'a Cox model compares samples with each other, so that none can be clipped by itself';
      throw new ModelError('model/samples-mixed', `${reason}; use logistic, or privacy of members`);
    },
    evaluate: evaluateHere,
    embed: (parameters, examples) => {
      check(parameters, examples);
      return { layer: null, width: examples.inputs.length / examples.samples, values: examples.inputs };
    },
    gradient: (parameters, examples) => {
      check(parameters, examples);
      return differentiate(parameters, examples).gradient;
    },
    inputGradient: (parameters, examples) => {
      check(parameters, examples);
      // The log risk is linear in the inputs.
      return Float32Array.from(examples.inputs, (_, index) => parameters[index % parameters.length] as number);
    },
  };
}

const learner: Learner = {
  learn: (parameters, batch) => ({ ...differentiate(parameters, batch), correct: null, averages: [] }),
};

function differentiate(parameters: Float32Array, batch: Batch): { loss: number; gradient: Float32Array } {
  const { loss, gradient } = partialLikelihood(logRisksOf(parameters, batch.inputs), survivalOf(batch));
  return { loss, gradient: weightGradient(gradient, batch.inputs) };
}

function evaluate(parameters: Float32Array, examples: Examples): Evaluation {
  const logRisks = logRisksOf(parameters, examples.inputs);
  const { loss } = partialLikelihood(logRisks, survivalOf(examples));
  if (!Number.isFinite(loss)) {
    throw new ModelError('model/diverged', `the loss is ${loss}; the parameters are unusable, discard them`);
  }
  const auc = concordanceIndex(logRisks, survivalOf(examples));
  return { samples: examples.samples, loss, accuracy: null, auc, probabilities: new Float32Array() };
}

function assertNoClassWeights({ classWeights }: TrainingOptions): void {
  if (classWeights === 'none') return;
  const reason = `classWeights "${classWeights}" is for classes, and a Cox model has none; use "none"`;
  throw new ModelError('model/unsuitable-training', `training: ${reason}`);
}
