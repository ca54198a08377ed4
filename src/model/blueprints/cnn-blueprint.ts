import type { ArchitectureOf } from '../architecture.ts';
import type { Blueprint } from '../blueprint.ts';
import { createBlueprintBuilder, IMAGE_WINDOW } from './blueprint-builder.ts';

/** Stages of a 3 × 3 convolution with relu and a 2 × 2 max-pool that drops an odd last row or column, then two dense layers. */
export function cnnBlueprint(architecture: ArchitectureOf<'cnn'>): Blueprint {
  const { height, width, channels, padding } = architecture;
  const builder = createBlueprintBuilder([height, width, channels]);
  architecture.filters.forEach((filters, stage) => {
    builder.add(`conv${stage + 1}`, {
      kind: 'convolution',
      filters,
      ...IMAGE_WINDOW,
      padding,
      activation: 'relu',
      bias: true,
    });
    builder.add(`pool${stage + 1}`, { kind: 'max-pool', kernel: [2, 2], strides: [2, 2], padding: 'valid' });
  });
  builder.add('dense1', { kind: 'dense', units: architecture.dense, activation: 'relu', bias: true });
  builder.add('dense2', { kind: 'dense', units: architecture.classes, activation: 'linear', bias: true });
  return builder.finish();
}
