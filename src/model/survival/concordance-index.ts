import type { SurvivalBatch } from './survival-batch.ts';

/**
 * Of all pairs of which it is known who had the event first, the share in which that one had the higher risk; equal risks
 * count half. Null if there is no such pair. One that is observed up to the moment of another's event outlived it.
 *
 * Source: Harrell et al., Evaluating the yield of medical tests, 1982.
 *
 * @param logRisks one for each sample
 */
export function concordanceIndex(logRisks: Float64Array, { times, labels }: SurvivalBatch): number | null {
  const sorted = Array.from(new Set(logRisks)).sort((a, b) => a - b);
  const rankOf = new Map(sorted.map((risk, rank) => [risk, rank]));
  const ranks = Array.from(logRisks, (risk) => rankOf.get(risk) as number);
  const outlived = createCounts(sorted.length);
  // Latest first, so that whoever is counted outlived the one that is looked at; at one time those without the event first.
  const order = Array.from(times.keys()).sort(
    (a, b) => (times[b] as number) - (times[a] as number) || (labels[a] as number) - (labels[b] as number),
  );
  let [pairs, agreeing, counted] = [0, 0, 0];
  for (const [place, sample] of order.entries()) {
    const isEvent = labels[sample] === 1;
    while (counted < place && !isSameEvent(order[counted] as number, sample)) {
      outlived.add(ranks[order[counted++] as number] as number);
    }
    if (!isEvent) continue;
    const rank = ranks[sample] as number;
    pairs += counted;
    agreeing += (outlived.below(rank) + outlived.below(rank + 1)) / 2;
  }
  return pairs === 0 ? null : agreeing / pairs;

  function isSameEvent(a: number, b: number): boolean {
    return times[a] === times[b] && labels[a] === 1;
  }
}

interface Counts {
  add(rank: number): void;
  /** How many of a lower rank were added. */
  below(rank: number): number;
}

/** Counts by rank as a binary indexed tree. */
function createCounts(ranks: number): Counts {
  const tree = new Float64Array(ranks + 1);
  return {
    add: (rank) => {
      for (let i = rank + 1; i <= ranks; i += i & -i) tree[i] = (tree[i] as number) + 1;
    },
    below: (rank) => {
      let sum = 0;
      for (let i = rank; i > 0; i -= i & -i) sum += tree[i] as number;
      return sum;
    },
  };
}
