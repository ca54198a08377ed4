/** 1 − the cosine between two score vectors: 0 for the same shares, whatever their scale; 1 where there is no score at all. */
export function cosineDistance(scores: readonly number[], truth: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  const lengths = Math.sqrt(dot(scores, scores) * dot(truth, truth));
  return lengths === 0 ? 1 : 1 - dot(scores, truth) / lengths;
}

/** Spearman's rank correlation; equal values have the mean of their ranks. */
export function rankCorrelation(scores: readonly number[], truth: readonly number[]): number {
  const centre = (scores.length - 1) / 2;
  const [a, b] = [ranks(scores), ranks(truth)].map((row) => row.map((rank) => rank - centre));
  return 1 - cosineDistance(a ?? [], b ?? []);
}

function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal - 1) / 2;
  });
}

/** Mean of rows, column by column. */
export function meanRow(rows: readonly (readonly number[])[]): number[] {
  return (rows[0] ?? []).map((_, column) => meanOf(rows.map((row) => row[column] ?? 0)));
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
