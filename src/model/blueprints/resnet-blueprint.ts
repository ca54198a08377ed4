import type { ArchitectureOf } from '../architecture.ts';
import type { Blueprint } from '../blueprint.ts';
import type { LayerSpecOf } from '../layer-spec.ts';
import {
  BATCH_NORMALIZATION,
  type BlueprintBuilder,
  createBlueprintBuilder,
  IMAGE_WINDOW,
} from './blueprint-builder.ts';

type Resnet = ArchitectureOf<'resnet'>;

/**
 * A 3 × 3 convolution, stages of residual blocks, the mean over all pixels and a dense layer. Where a block changes the
 * shape, its shortcut is a 1 × 1 convolution.
 *
 * Source: He et al., Deep residual learning for image recognition, 2016, sections 3.3 and 4.2.
 */
export function resnetBlueprint(architecture: Resnet): Blueprint {
  const { height, width, channels, stages, blocks, normalization } = architecture;
  const builder = createBlueprintBuilder([height, width, channels]);
  const [first = 1] = stages;
  const convolution = createConvolutions(builder, normalization);
  convolution('stem', { filters: first, size: 3, stride: 1 });
  let input = builder.add('stem/relu', { kind: 'activation', of: 'relu' });
  let depth = first;
  stages.forEach((filters, stage) => {
    for (let block = 1; block <= blocks; block++) {
      const stride = stage > 0 && block === 1 ? 2 : 1;
      const name = `stage${stage + 1}/block${block}`;
      const shape = { filters, stride, changes: stride > 1 || filters !== depth };
      input = addBlock({ builder, convolution }, name, input, shape);
      depth = filters;
    }
  });
  builder.add('pool', { kind: 'global-average-pool' });
  builder.add('dense', { kind: 'dense', units: architecture.classes, activation: 'linear', bias: true });
  return builder.finish();
}

interface Convolution {
  readonly filters: number;
  /** Height and width of the filters. */
  readonly size: number;
  readonly stride: number;
}

type AddConvolution = (name: string, convolution: Convolution, inputs?: number[]) => number;

/** A convolution with normalisation, or else with a bias; its output has had no activation yet. */
function createConvolutions(builder: BlueprintBuilder, normalization: Resnet['normalization']): AddConvolution {
  const isNormalized = normalization === 'batch';
  return (name, { filters, size, stride }, inputs) => {
    const product: LayerSpecOf<'convolution'> = {
      kind: 'convolution',
      ...IMAGE_WINDOW,
      filters,
      kernel: [size, size],
      strides: [stride, stride],
      activation: 'linear',
      bias: !isNormalized,
    };
    const index = builder.add(name, product, inputs);
    return isNormalized ? builder.add(`${name}/norm`, BATCH_NORMALIZATION) : index;
  };
}

/** @returns the index of the block's output */
function addBlock(
  { builder, convolution }: { builder: BlueprintBuilder; convolution: AddConvolution },
  name: string,
  input: number,
  { filters, stride, changes }: { filters: number; stride: number; changes: boolean },
): number {
  convolution(`${name}/conv1`, { filters, size: 3, stride }, [input]);
  builder.add(`${name}/relu1`, { kind: 'activation', of: 'relu' });
  const main = convolution(`${name}/conv2`, { filters, size: 3, stride: 1 });
  const shortcut = changes ? convolution(`${name}/shortcut`, { filters, size: 1, stride }, [input]) : input;
  builder.add(`${name}/add`, { kind: 'add' }, [main, shortcut]);
  return builder.add(`${name}/relu2`, { kind: 'activation', of: 'relu' });
}
