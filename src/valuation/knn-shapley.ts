/** Points of one space, point after point, each with the class that its label says. */
export interface LabelledPoints {
  /** `labels.length` × `width` finite numbers. */
  readonly values: Float32Array;
  /** Numbers a point, at least one. */
  readonly width: number;
  readonly labels: Uint8Array;
}

/** Distance and index of a record share one double: 32 bits of the one and 21 of the other are 53. */
const INDEX_BITS = 21;
const INDEX_RANGE = 2 ** INDEX_BITS;

/**
 * The exact Shapley value of every training record in the game whose worth is how well the K nearest records, each with one vote of
 * 1/K, name the classes of held-out records: the mean over these of the share of votes for the right class. A record that stands near
 * others of another class has a negative value. Sorting is what takes the time: O(N log N) a held-out record.
 *
 * Distances are Euclidean and compared as 32-bit floats; of equally near records the one with the lower index comes first.
 *
 * Source: Jia et al., Efficient task-specific data valuation for nearest neighbor algorithms, 2019 (theorem 1).
 *
 * @param neighbours K, how many of the nearest records vote; at least 1
 * @returns one value a training record; they sum to the worth of all of them
 * @throws RangeError for no record, points of different width, K below 1, or more than 2^21 training records
 */
export function knnShapley(training: LabelledPoints, heldOut: LabelledPoints, neighbours: number): Float64Array {
  check(training, heldOut, neighbours);
  const values = new Float64Array(training.labels.length);
  const keys = new Float64Array(training.labels.length);
  const total = heldOut.labels.length;
  for (let judge = 0; judge < total; judge++) {
    sortByDistance(training, heldOut, judge, keys);
    addValues(values, keys, { labels: training.labels, label: heldOut.labels[judge] as number, neighbours });
  }
  return values.map((sum) => sum / total);
}

function check(training: LabelledPoints, heldOut: LabelledPoints, neighbours: number): void {
  const records = training.labels.length;
  if (records < 1 || heldOut.labels.length < 1)
    throw new RangeError('KNN-Shapley: give at least one record of each part');
  if (records > INDEX_RANGE) throw new RangeError(`KNN-Shapley: ${records} records; at most ${INDEX_RANGE} are ranked`);
  if (!Number.isInteger(neighbours) || neighbours < 1) {
    throw new RangeError(`KNN-Shapley: ${neighbours} neighbours; give a whole number from 1`);
  }
  for (const { values, width, labels } of [training, heldOut]) {
    if (width !== training.width || values.length !== labels.length * width) {
      throw new RangeError(`KNN-Shapley: ${values.length} numbers for ${labels.length} points of ${training.width}`);
    }
  }
}

/** Fills `keys` with one number a training record, nearest first; its lowest bits are the record's index. */
function sortByDistance(training: LabelledPoints, heldOut: LabelledPoints, judge: number, keys: Float64Array): void {
  const { values, width } = training;
  const distance = new Float32Array(1);
  // The bits of floats that are not negative are in the order of the floats.
  const bits = new Uint32Array(distance.buffer);
  for (let record = 0; record < keys.length; record++) {
    let sum = 0;
    for (let i = 0; i < width; i++) {
      const difference = (values[record * width + i] as number) - (heldOut.values[judge * width + i] as number);
      sum += difference * difference;
    }
    distance[0] = sum;
    keys[record] = (bits[0] as number) * INDEX_RANGE + record;
  }
  keys.sort();
}

/** One held-out record, as the game sees it. */
interface Judge {
  readonly labels: Uint8Array;
  readonly label: number;
  readonly neighbours: number;
}

/** Jia's recursion, from the farthest record to the nearest. */
function addValues(values: Float64Array, keys: Float64Array, { labels, label, neighbours }: Judge): void {
  const records = keys.length;
  let value = 0;
  let isRightBefore = 0;
  for (let rank = records; rank >= 1; rank--) {
    const record = (keys[rank - 1] as number) % INDEX_RANGE;
    const isRight = labels[record] === label ? 1 : 0;
    if (rank === records) value = isRight / Math.max(neighbours, records);
    else value += ((isRight - isRightBefore) / neighbours) * (Math.min(neighbours, rank) / rank);
    values[record] = (values[record] as number) + value;
    isRightBefore = isRight;
  }
}
