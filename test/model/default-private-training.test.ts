import { expect, test } from 'vitest';
import { architectureSchema } from '../../src/model/architecture.ts';
import { defaultPrivateTraining } from '../../src/model/default-private-training.ts';
import { layoutOf } from '../../src/model/parameter-layout.ts';
import { trainingSchema } from '../../src/model/training-options.ts';

test.each([
  ['wdbc', [30], 62],
  ['digits', [8, 8, 1], 130],
  ['tables', [13], 28],
  ['npz', [28, 28, 1], 6_370],
  ['npz', [2, 200, 3], 2_786],
  ['npz', [224, 224, 3], 18_914],
] as const)('private training on %s of %j has %i parameters, and counts no classes', (kind, inputShape, parameters) => {
  const { architecture, training, batchSize } = defaultPrivateTraining(kind, { inputShape, classes: 2 });
  expect(layoutOf(architectureSchema.parse(architecture)).parameterCount).toBe(parameters);
  expect(trainingSchema.parse(training)).toMatchObject({ classWeights: 'none', batchSize });
});
