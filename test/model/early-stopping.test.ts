import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEarlyStopping } from '../../src/model/early-stopping.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { examplesFor, mlp, train } from './small-training.ts';

test('the epoch with the lowest loss is kept, and training ends after as many epochs without a lower one as allowed', () => {
  const losses = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(losses, fc.integer({ min: 1, max: 5 }), (values, patience) => {
      const stopping = createEarlyStopping(patience, ([epoch = 0]) => values[epoch - 1] as number);
      let epoch = 0;
      let isOver = false;
      while (!isOver && epoch < values.length) isOver = stopping.isOver(++epoch, Float32Array.of(epoch));
      const seen = values.slice(0, epoch);
      const best = seen.indexOf(Math.min(...seen)) + 1;
      expect(stopping.best()).toEqual({ epoch: best, parameters: Float32Array.of(best) });
      expect(isOver).toBe(epoch - best >= patience);
    }),
  );
});

test('with held-out labels that training makes worse, the first epoch counts; without patience the last', async () => {
  const model = (await createWasmEngine()).createModel(mlp);
  const examples = examplesFor(mlp);
  const heldOut = { ...examples, labels: examples.labels.map((label) => (label + 1) % 3) };
  const longer = { localEpochs: 8 };
  const stopped = await train(model, { ...longer, patience: 2 }, examples, heldOut);
  expect(stopped.reports.map(({ epoch, keptEpoch }) => [epoch, keptEpoch])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
  ]);
  expect(stopped.parameters).toEqual((await train(model, { localEpochs: 1 }, examples)).parameters);
  const control = await train(model, { ...longer, patience: 2 }, examples, examples);
  expect(control.reports.at(-1)).toMatchObject({ epoch: 8, keptEpoch: 8 });
  expect((await train(model, longer, examples, heldOut)).reports).toHaveLength(8);
});

test('patience without held-out samples is refused', async () => {
  const model = (await createWasmEngine()).createModel(mlp);
  await expect(train(model, { patience: 1 })).rejects.toMatchObject({ code: 'model/no-examples' });
});
