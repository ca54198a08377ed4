/**
 * The exact area under the ROC curve: the chance that a positive sample scores higher than a negative one, ties counted
 * half (the Mann–Whitney statistic from mid-ranks).
 *
 * @param scores one per sample, finite
 * @returns 0 … 1, or null if all samples are of one kind
 */
export function rocAuc(scores: Float32Array, isPositive: (sample: number) => boolean): number | null {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let positivesHere = 0;
    while (end < order.length && scores[order[end] as number] === scores[order[start] as number]) {
      if (isPositive(order[end++] as number)) positivesHere++;
    }
    rankSum += (positivesHere * (start + 1 + end)) / 2;
    positives += positivesHere;
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * AUC of a classifier: that of class 1 for two classes, else the plain mean over classes of class against rest.
 *
 * @param probabilities samples × classes, sample after sample
 * @returns 0 … 1, or null if a class has no sample
 */
export function classifierAuc(probabilities: Float32Array, labels: Uint8Array, classes: number): number | null {
  let sum = 0;
  const scored = classes === 2 ? [1] : Array.from({ length: classes }, (_, index) => index);
  for (const positive of scored) {
    const scores = labels.length === 0 ? new Float32Array(0) : column(probabilities, positive, classes);
    const auc = rocAuc(scores, (sample) => labels[sample] === positive);
    if (auc === null) return null;
    sum += auc;
  }
  return sum / scored.length;
}

function column(matrix: Float32Array, index: number, width: number): Float32Array {
  return Float32Array.from({ length: matrix.length / width }, (_, row) => matrix[row * width + index] as number);
}
