import type { Architecture } from './architecture.ts';
import type { SampleShape } from './default-training.ts';
import { ModelError } from './model-error.ts';

type Build = (samples: SampleShape) => Architecture;

const STAGES = [16, 32, 64];

/** By name, with widths that suit some thousand samples. */
const ARCHITECTURES: Readonly<Record<string, Build>> = {
  logistic: ({ inputShape, classes }) => ({ kind: 'logistic', inputs: numbersOf(inputShape), classes }),
  cox: ({ inputShape }) => ({ kind: 'cox', inputs: numbersOf(inputShape), classes: 2 }),
  mlp: ({ inputShape, classes }) => ({ kind: 'mlp', inputs: numbersOf(inputShape), hidden: [32], classes }),
  cnn: (samples) => ({ kind: 'cnn', ...imageOf(samples), filters: [16, 32], padding: 'same', dense: 64 }),
  resnet: (samples) => ({ kind: 'resnet', ...imageOf(samples), stages: STAGES, blocks: 1, normalization: 'batch' }),
  depthwise: (samples) => ({
    kind: 'depthwise',
    ...imageOf(samples),
    stages: STAGES,
    blocks: 1,
    normalization: 'batch',
    dropout: 0.2,
  }),
};

export const ARCHITECTURE_NAMES: readonly string[] = Object.keys(ARCHITECTURES);

/**
 * An architecture by its name, for samples of that shape; null if there is none of that name.
 * @throws ModelError `model/invalid-architecture` if it is one for images and the samples are none
 */
export function namedArchitecture(name: string, samples: SampleShape): Architecture | null {
  return Object.hasOwn(ARCHITECTURES, name) ? (ARCHITECTURES[name] as Build)(samples) : null;
}

function numbersOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function imageOf({ inputShape, classes }: SampleShape) {
  const [height, width, channels] = inputShape;
  if (inputShape.length === 3 && height && width && channels) return { height, width, channels, classes };
  const reason = `samples of shape [${inputShape}] are no images [height, width, channels]; use logistic or mlp`;
  throw new ModelError('model/invalid-architecture', `architecture: ${reason}`);
}
