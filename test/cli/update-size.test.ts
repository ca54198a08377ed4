import { expect, test } from 'vitest';
import { updateSize } from '../../src/cli/demo/update-size.ts';
import { architectureSchema } from '../../src/model/architecture.ts';
import { trainingSchema } from '../../src/model/training-options.ts';
import { composeManifest } from '../../src/peer/compose-manifest.ts';
import type { Codec } from '../../src/protocol/segment-codec.ts';

/** 4,002 parameters in two segments, ten rounds. */
const PARAMETERS = 4002;
const manifestWith = (codec: Codec['name']) =>
  composeManifest({
    title: 'sizes',
    members: 3,
    rounds: 10,
    segments: 2,
    pulls: 2,
    seed: 'sizes',
    codec,
    architecture: architectureSchema.parse({ kind: 'mlp', inputs: 1997, hidden: [2], classes: 2 }),
    training: trainingSchema.parse({
      optimiser: 'sgd',
      learningRate: 0.1,
      momentum: 0,
      weightDecay: 0,
      batchSize: 4,
      localEpochs: 1,
      classWeights: 'none',
    }),
  });

test.each<[Codec['name'], number]>([
  ['float32', 4 * PARAMETERS],
  ['float16', 2 * PARAMETERS],
  ['int8', PARAMETERS + 2 * 8 * 4], // 2001 parameters are eight blocks of 256
  ['top-k', (3 * 4 * PARAMETERS + 7 * 2 * 201 * 8) / 10], // dense in rounds 0, 5 and 9
])('an update as %s takes %d bytes, the mean of the rounds', (codec, bytes) => {
  expect(updateSize(manifestWith(codec), PARAMETERS)).toMatchObject({
    bytes: Math.round(bytes),
    plainBytes: 4 * PARAMETERS,
  });
});
