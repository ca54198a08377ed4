import { type DemographicColumns, UNKNOWN } from './prepared-demographics.ts';

/** Labelled samples in memory, scaled and ready for a network; structurally what `src/model` calls examples. */
export interface Dataset {
  /** `samples` × product of `inputShape` numbers, scaled by `inputScaling`. */
  readonly inputs: Float32Array;
  /** One class index per sample, 0 … `classes` − 1. */
  readonly labels: Uint8Array;
  /** Follow-up times of survival data, whose label 1 is the event; absent elsewhere. */
  readonly times?: Float32Array;
  /** Sex and age of the persons behind the samples; absent where nothing is known of any. Not an input of the network. */
  readonly demographics?: DemographicColumns;
  readonly samples: number;
  /** Shape of one sample: [features] or [height, width, channels]. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  /** One name per class, in the order of the labels. */
  readonly classNames: readonly string[];
  /** How raw values became inputs; the same constants for all members. */
  readonly inputScaling: InputScaling;
}

/** input = (raw − offset) × scale, with one entry per feature, or a single one for all pixels. */
export interface InputScaling {
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

/** Applies a scaling to raw values, sample after sample. */
export function scaleInputs(raw: ArrayLike<number>, { offset, scale }: InputScaling): Float32Array {
  const inputs = new Float32Array(raw.length);
  const period = offset.length;
  for (let index = 0; index < raw.length; index++) {
    const feature = index % period;
    inputs[index] = ((raw[index] as number) - (offset[feature] as number)) * (scale[feature] as number);
  }
  return inputs;
}

/** The samples with these indices, in that order. */
export function subset(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  const width = dataset.inputs.length / dataset.samples;
  const inputs = new Float32Array(indices.length * width);
  const labels = new Uint8Array(indices.length);
  for (let position = 0; position < indices.length; position++) {
    const index = indices[position] as number;
    inputs.set(dataset.inputs.subarray(index * width, (index + 1) * width), position * width);
    labels[position] = dataset.labels[index] as number;
  }
  const { times, demographics } = dataset;
  const chosen = times === undefined ? {} : { times: Float32Array.from(indices, (index) => times[index] as number) };
  const persons = demographics === undefined ? {} : { demographics: personsAt(demographics, indices) };
  return { ...dataset, inputs, labels, ...chosen, ...persons, samples: indices.length };
}

function personsAt({ sexes, ages }: DemographicColumns, indices: ArrayLike<number>): DemographicColumns {
  const at = (column: Uint8Array): Uint8Array => Uint8Array.from(indices, (index) => column[index] ?? UNKNOWN);
  return { sexes: at(sexes), ages: at(ages) };
}

/** All samples of data sets of one kind, one set after the other. */
export function concatenate(first: Dataset, ...others: readonly Dataset[]): Dataset {
  const parts = [first, ...others];
  const times =
    first.times === undefined ? {} : { times: Float32Array.from(parts.flatMap((part) => [...(part.times ?? [])])) };
  const inputs = new Float32Array(parts.reduce((total, part) => total + part.inputs.length, 0));
  const labels = new Uint8Array(parts.reduce((total, part) => total + part.samples, 0));
  let inputsFilled = 0;
  let labelsFilled = 0;
  for (const part of parts) {
    inputs.set(part.inputs, inputsFilled);
    labels.set(part.labels, labelsFilled);
    inputsFilled += part.inputs.length;
    labelsFilled += part.samples;
  }
  return { ...first, inputs, labels, ...times, ...personsOf(parts), samples: labels.length };
}

function personsOf(parts: readonly Dataset[]): Pick<Dataset, 'demographics'> {
  if (parts.every(({ demographics }) => demographics === undefined)) return {};
  const column = (name: keyof DemographicColumns): Uint8Array =>
    Uint8Array.from(
      parts.flatMap(({ demographics, samples }) => [
        ...(demographics?.[name] ?? new Uint8Array(samples).fill(UNKNOWN)),
      ]),
    );
  return { demographics: { sexes: column('sexes'), ages: column('ages') } };
}
