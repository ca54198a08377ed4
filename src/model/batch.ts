import type { Examples } from './examples.ts';

/** Some samples, gathered for one pass through the network. */
export interface Batch {
  readonly samples: number;
  /** `samples` × numbers per sample. */
  readonly inputs: Float32Array;
  readonly labels: Uint8Array;
  /** Follow-up times; survival data only. */
  readonly times?: Float32Array;
}

/** The samples with these indices, in that order. */
export function gatherBatch(examples: Examples, indices: readonly number[]): Batch {
  const width = examples.inputs.length / examples.samples;
  const inputs = new Float32Array(indices.length * width);
  const labels = new Uint8Array(indices.length);
  indices.forEach((index, position) => {
    inputs.set(examples.inputs.subarray(index * width, (index + 1) * width), position * width);
    labels[position] = examples.labels[index] as number;
  });
  const { times } = examples;
  if (times === undefined) return { samples: indices.length, inputs, labels };
  return {
    samples: indices.length,
    inputs,
    labels,
    times: Float32Array.from(indices, (index) => times[index] as number),
  };
}

/** All samples in order, in views of at most `most` samples. */
export function* consecutiveBatches(examples: Examples, most: number): Generator<Batch> {
  const width = examples.inputs.length / examples.samples;
  for (let start = 0; start < examples.samples; start += most) {
    const end = Math.min(start + most, examples.samples);
    const inputs = examples.inputs.subarray(start * width, end * width);
    yield { samples: end - start, inputs, labels: examples.labels.subarray(start, end) };
  }
}
