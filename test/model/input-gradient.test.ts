import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Architecture } from '../../src/model/architecture.ts';
import { confusionMatrix } from '../../src/model/confusion-matrix.ts';
import type { Engine } from '../../src/model/engine.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { layersOf } from '../../src/model/layers/layers-of.ts';
import { createNetwork } from '../../src/model/network.ts';
import { layoutOf } from '../../src/model/parameter-layout.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { cnn, depthwise, examplesFor, layers, logistic, mlp, resnet } from './small-training.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createWasmEngine();
});

/** So small that hardly a unit passes the kink of its relu. */
const STEP = 2e-4;

/** The logit of each sample's class, from the output of the last layer. */
function logits(architecture: Architecture, parameters: Float32Array, inputs: Float32Array, classes: Uint8Array) {
  const network = createNetwork(architecture, layoutOf(architecture));
  const last = layersOf(architecture).length - 1;
  const all = network.outputOf(last, parameters, { samples: classes.length, inputs, labels: classes });
  return Array.from(classes, (index, sample) => all[sample * 3 + index] as number);
}

describe('inputGradient', () => {
  test.each([mlp, cnn, resnet, depthwise, logistic, layers])(
    'agrees with differences of the logit: $kind',
    (architecture) => {
      const examples = examplesFor(architecture, 4);
      // Twice as large, so that slopes are; biases of zero would put pixels that nothing reaches exactly on the kink of a relu.
      const parameters = initialParameters(architecture, 'slopes').map((value, i) =>
        value === 0 ? 0.1 * Math.sin(i + 1) : 2 * value,
      );
      const classes = Uint8Array.of(2, 0, 1, 1);
      const slopes = engine.createModel(architecture).inputGradient(parameters, examples, classes);
      const width = examples.inputs.length / 4;
      expect(slopes).toHaveLength(examples.inputs.length);
      // Along a direction through all inputs at once, of each sample by itself.
      const direction = Float32Array.from(examples.inputs, (_, i) => Math.cos(3 * i));
      const at = (sign: number): number[] =>
        logits(
          architecture,
          parameters,
          examples.inputs.map((value, i) => value + sign * STEP * (direction[i] as number)),
          classes,
        );
      const [ahead, behind] = [at(1), at(-1)];
      let steepest = 0;
      for (let sample = 0; sample < 4; sample++) {
        const part = slopes.subarray(sample * width, (sample + 1) * width);
        const along = part.reduce((sum, slope, i) => sum + slope * (direction[sample * width + i] as number), 0);
        const expected = ((ahead[sample] as number) - (behind[sample] as number)) / (2 * STEP);
        expect(Math.abs(along - expected)).toBeLessThan(5e-3 + 0.02 * Math.abs(expected));
        steepest = Math.max(steepest, Math.abs(expected));
      }
      expect(steepest).toBeGreaterThan(0.05);
    },
  );

  test('is the weights of the class for a linear model, and leaves no tensor behind', () => {
    const model = engine.createModel(logistic);
    const parameters = initialParameters(logistic, 'linear');
    const examples = examplesFor(logistic, 2);
    const before = memory().numTensors;
    const slopes = model.inputGradient(parameters, examples, Uint8Array.of(1, 2));
    expect(memory().numTensors).toBe(before);
    const weight = (input: number, index: number): number => parameters[input * 3 + index] as number;
    expect([...slopes.subarray(0, 12)]).toEqual(Array.from({ length: 12 }, (_, i) => weight(i, 1)));
    expect([...slopes.subarray(12)]).toEqual(Array.from({ length: 12 }, (_, i) => weight(i, 2)));
  });

  test('is the weights for a Cox model, and refuses classes that there are not', () => {
    const cox = engine.createModel({ kind: 'cox', inputs: 2, classes: 2 });
    const data = { inputs: Float32Array.of(1, 2, 3, 4), labels: Uint8Array.of(0, 1), times: Float32Array.of(1, 2) };
    const examples = { ...data, samples: 2, inputShape: [2], classes: 2 };
    expect([...cox.inputGradient(Float32Array.of(0.5, -2), examples, Uint8Array.of(0, 0))]).toEqual([0.5, -2, 0.5, -2]);
    const three = engine.createModel(logistic);
    const parameters = initialParameters(logistic, 'linear');
    expect(() => three.inputGradient(parameters, examplesFor(logistic, 1), Uint8Array.of(3))).toThrow('not below');
  });
});

test('a confusion matrix has true classes in rows and predicted ones in columns; the lower index wins a tie', () => {
  const scores = Float32Array.of(0.7, 0.2, 0.1, 0.1, 0.1, 0.8, 0.2, 0.4, 0.4, 0.1, 0.8, 0.1);
  expect(confusionMatrix(scores, Uint8Array.of(0, 0, 2, 1), 3)).toEqual([
    [1, 0, 1],
    [0, 1, 0],
    [0, 1, 0],
  ]);
});
