import type { RateLimit } from '../../test/lab/limit-rate.ts';

/** What is measured: one way to exchange, between that many peers. */
export interface Cell {
  readonly n: number;
  /** `whole-model` is gossip with one segment. */
  readonly scheme: 'star' | 'whole-model' | 'segmented';
  /** S. */
  readonly segments: number;
  /** R: from how many others each segment is pulled. In a star 1. */
  readonly pulls: number;
}

/**
 * The least time of a round. Gossip: a peer takes in R models over as many links as it has providers, at most at its own rate,
 * R·M / min(S·R·b_link, b_node). Star: the server takes n−1 models in and sends n−1 out, 2·(n−1)·M / min((n−1)·b_link, b_node).
 * After Hu, Jiang and Wang 2019 (arXiv 1908.07782), with the server a member, and no more links than there are others.
 */
export function roundSeconds({ n, scheme, segments, pulls }: Cell, modelBytes: number, rate: RateLimit | null): number {
  if (rate === null) return 0;
  const { upBitsPerSecond, downBitsPerSecond, pairBitsPerSecond = Number.POSITIVE_INFINITY } = rate;
  const modelBits = 8 * modelBytes;
  const others = n - 1;
  if (scheme === 'star') {
    const links = others * pairBitsPerSecond;
    return (
      (others * modelBits) / Math.min(links, downBitsPerSecond) +
      (others * modelBits) / Math.min(links, upBitsPerSecond)
    );
  }
  const links = Math.min(segments * pulls, others) * pairBitsPerSecond;
  return (Math.min(pulls, others) * modelBits) / Math.min(links, downBitsPerSecond);
}

/**
 * The least time until the last peer has everything, for the choice as it fell: the most that any peer takes in, that any is asked for,
 * and that goes over any single link.
 * @param bytesFrom what each peer pulls from each
 */
export function loadedSeconds(bytesFrom: readonly (readonly number[])[], rate: RateLimit | null): number {
  if (rate === null) return 0;
  const { upBitsPerSecond, downBitsPerSecond, pairBitsPerSecond = Number.POSITIVE_INFINITY } = rate;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const uploads = (bytesFrom[0] ?? []).map((_, provider) => sum(bytesFrom.map((of) => of[provider] ?? 0)));
  return Math.max(
    (8 * Math.max(0, ...bytesFrom.map(sum))) / downBitsPerSecond,
    (8 * Math.max(0, ...uploads)) / upBitsPerSecond,
    (8 * Math.max(0, ...bytesFrom.flat())) / pairBitsPerSecond,
  );
}
