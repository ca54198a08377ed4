import type { Dataset } from '../../data/dataset.ts';

/** A quantity of each image. */
export interface ImageQuantity {
  readonly name: string;
  readonly values: readonly number[];
}

/** By what a scanner, its settings or its export change images first: brightness, contrast and sharpness, in the scale of the inputs. */
export function describeImages({ inputs, samples, inputShape }: Dataset): ImageQuantity[] {
  const [height = 1, width = 1, channels = 1] = inputShape;
  const size = height * width * channels;
  const images = Array.from({ length: samples }, (_, i) => inputs.subarray(i * size, (i + 1) * size));
  return [
    { name: 'brightness (mean)', values: images.map(meanOf) },
    { name: 'contrast (standard deviation)', values: images.map(deviationOf) },
    {
      name: 'sharpness (mean step between neighbours)',
      values: images.map((image) => meanStep(image, width, channels)),
    },
  ];
}

const meanOf = (image: Float32Array): number => image.reduce((sum, value) => sum + value, 0) / image.length;

function deviationOf(image: Float32Array): number {
  const mean = meanOf(image);
  return Math.sqrt(image.reduce((sum, value) => sum + (value - mean) ** 2, 0) / image.length);
}

/** Along the rows. */
function meanStep(image: Float32Array, width: number, channels: number): number {
  const row = width * channels;
  let [sum, steps] = [0, 0];
  for (let i = 0; i + channels < image.length; i++) {
    if (i % row >= row - channels) continue;
    sum += Math.abs((image[i + channels] as number) - (image[i] as number));
    steps++;
  }
  return steps === 0 ? 0 : sum / steps;
}
