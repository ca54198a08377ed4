import type { ArchitectureOf } from '../architecture.ts';
import type { Blueprint } from '../blueprint.ts';
import type { LayerSpec } from '../layer-spec.ts';
import { BATCH_NORMALIZATION, createBlueprintBuilder, IMAGE_WINDOW } from './blueprint-builder.ts';

/**
 * A 3 × 3 convolution, stages of blocks, the mean over all pixels, dropout and a dense layer; a block filters each channel
 * by itself and then mixes them pixel by pixel.
 *
 * Source: Howard et al., MobileNets: efficient convolutional neural networks for mobile vision applications, 2017.
 */
export function depthwiseBlueprint(architecture: ArchitectureOf<'depthwise'>): Blueprint {
  const { height, width, channels, stages, blocks, dropout } = architecture;
  const builder = createBlueprintBuilder([height, width, channels]);
  const isNormalized = architecture.normalization === 'batch';
  const product = { activation: 'linear', bias: !isNormalized } as const;
  const add = (name: string, spec: LayerSpec): void => {
    builder.add(name, spec);
    if (isNormalized) builder.add(`${name}/norm`, BATCH_NORMALIZATION);
    builder.add(`${name}/relu`, { kind: 'activation', of: 'relu' });
  };
  add('stem', { kind: 'convolution', ...IMAGE_WINDOW, filters: stages[0] ?? 1, ...product });
  stages.forEach((filters, stage) => {
    for (let block = 1; block <= blocks; block++) {
      const name = `stage${stage + 1}/block${block}`;
      const stride = stage > 0 && block === 1 ? 2 : 1;
      add(`${name}/depthwise`, {
        kind: 'depthwise',
        ...IMAGE_WINDOW,
        strides: [stride, stride],
        multiplier: 1,
        ...product,
      });
      add(`${name}/pointwise`, { kind: 'convolution', ...IMAGE_WINDOW, kernel: [1, 1], filters, ...product });
    }
  });
  builder.add('pool', { kind: 'global-average-pool' });
  if (dropout > 0) builder.add('dropout', { kind: 'dropout', rate: dropout });
  builder.add('dense', { kind: 'dense', units: architecture.classes, activation: 'linear', bias: true });
  return builder.finish();
}
