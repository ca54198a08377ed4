/**
 * How many samples have their label as the most probable class; the lower class index wins a tie.
 * @param scores samples × classes, sample after sample
 */
export function countCorrect(scores: Float32Array, labels: Uint8Array): number {
  const classes = scores.length / labels.length;
  let correct = 0;
  labels.forEach((label, sample) => {
    if (mostProbable(scores.subarray(sample * classes, (sample + 1) * classes)) === label) correct++;
  });
  return correct;
}

/** The lower index wins a tie. */
export function mostProbable(scores: Float32Array): number {
  let best = 0;
  scores.forEach((score, candidate) => {
    if (score > (scores[best] as number)) best = candidate;
  });
  return best;
}
