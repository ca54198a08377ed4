import type { SeededRandom } from '../../src/base/seeded-random.ts';
import type { Dataset } from '../../src/data/dataset.ts';

/** A data set with some labels changed to another class, each of the others with the same chance. */
export interface MislabelledData {
  readonly data: Dataset;
  /** Indices of the samples whose label is wrong. */
  readonly flipped: ReadonlySet<number>;
}

/** @param share of the samples, 0 … 1, rounded */
export function flipLabels(data: Dataset, share: number, random: SeededRandom): MislabelledData {
  const order = random.shuffle(Array.from({ length: data.samples }, (_, index) => index));
  const flipped = new Set(order.slice(0, Math.round(share * data.samples)));
  const labels = data.labels.map((label, index) =>
    flipped.has(index) ? (label + 1 + random.integer(data.classes - 1)) % data.classes : label,
  );
  return { data: { ...data, labels }, flipped };
}
