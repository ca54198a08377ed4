/**
 * Mean of −log probability of the label, in nats, summed in double precision in order.
 * @param logProbabilities samples × classes
 */
export function crossEntropy(logProbabilities: Float32Array, labels: Uint8Array): number {
  const classes = logProbabilities.length / labels.length;
  let sum = 0;
  labels.forEach((label, sample) => {
    sum -= logProbabilities[sample * classes + label] as number;
  });
  return sum / labels.length;
}
