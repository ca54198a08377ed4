/** A study from the point of view of its choice of sources. */
export interface Exposure {
  /** n: members of the study. */
  readonly members: number;
  /** f: attackers among them. */
  readonly attackers: number;
  /** s: others that a segment is pulled from. */
  readonly pulls: number;
  /** b̂: attackers that a mix withstands. */
  readonly attackersPerMix: number;
}

/**
 * Probability that one pull of s from an honest member's n − 1 others brings more than b̂ of the f attackers: the upper tail of the
 * hypergeometric distribution, summed from its small terms, so that tiny probabilities keep their digits.
 */
export function exposureOfPull({ members, attackers, pulls, attackersPerMix }: Exposure): number {
  const others = members - 1;
  const drawn = Math.min(pulls, others);
  const most = Math.min(attackers, drawn);
  let tail = 0;
  for (let hits = most; hits > attackersPerMix; hits--) {
    if (drawn - hits > others - attackers) continue;
    tail += Math.exp(
      logChoose(attackers, hits) + logChoose(others - attackers, drawn - hits) - logChoose(others, drawn),
    );
  }
  return Math.min(1, tail);
}

/** Probability that at least one of many independent pulls does. @param count number of pulls */
export function exposureOfPulls(exposure: Exposure, count: number): number {
  const single = exposureOfPull(exposure);
  return single === 1 ? 1 : -Math.expm1(count * Math.log1p(-single));
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) sum += Math.log((n - i + 1) / i);
  return sum;
}
