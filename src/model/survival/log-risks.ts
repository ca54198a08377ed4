/** The logarithm of each sample's risk: its inputs times the weights, summed in double precision in order. */
export function logRisksOf(weights: Float32Array, inputs: Float32Array): Float64Array {
  const width = weights.length;
  return Float64Array.from({ length: inputs.length / width }, (_, sample) => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (weights[i] as number) * (inputs[sample * width + i] as number);
    return sum;
  });
}

/** The gradient with respect to the weights, from that with respect to each sample's log risk. */
export function weightGradient(slopes: Float64Array, inputs: Float32Array): Float32Array {
  const width = inputs.length / slopes.length;
  return Float32Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (const [sample, slope] of slopes.entries()) sum += slope * (inputs[sample * width + i] as number);
    return sum;
  });
}
