import type { SeededRandom } from '../../../src/base/seeded-random.ts';
import { type Samples, selectRows } from '../perceptron.ts';

export interface Skew {
  /** Dirichlet concentration of each member's classes. */
  readonly alpha: number;
  /** The largest member's samples ÷ the smallest one's; in between they grow by a constant factor. */
  readonly sizeRatio: number;
}

/** Divides all samples among members, ascending by size; each member's classes are Dirichlet(α, …, α), as far as samples of them are left. */
export function shareData(data: Samples, members: number, skew: Skew, random: SeededRandom): Samples[] {
  const pools: number[][] = [];
  for (const [sample, label] of data.labels.entries()) (pools[label] ??= []).push(sample);
  for (const pool of pools) random.shuffle(pool);
  const shares = sizes(data.labels.length, members, skew.sizeRatio).map((size) => ({ size, samples: [] as number[] }));
  // The largest choose last, out of what is left, so that small ones are as skewed as α says.
  for (const { size, samples } of shares) samples.push(...fillShare(pools, size, skew.alpha, random));
  return shares.map(({ samples }) => selectRows(data, samples));
}

function sizes(total: number, members: number, ratio: number): number[] {
  const growth = ratio ** (1 / (members - 1));
  const raw = Array.from({ length: members }, (_, i) => growth ** i);
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((size) => Math.max(2, Math.floor((total * size) / sum)));
}

/** A Pólya urn: each class is drawn by α plus how often it has been drawn, which is the Dirichlet-multinomial distribution. */
function fillShare(pools: readonly number[][], size: number, alpha: number, random: SeededRandom): number[] {
  const counts = pools.map(() => 0);
  const samples: number[] = [];
  while (samples.length < size) {
    const chances = pools.map((pool, c) => (pool.length > 0 ? alpha + (counts[c] as number) : 0));
    const total = chances.reduce((a, b) => a + b, 0);
    if (total === 0) break;
    let left = random.next() * total;
    const drawn = chances.findIndex((chance) => (left -= chance) < 0);
    const c = drawn < 0 ? chances.findLastIndex((chance) => chance > 0) : drawn;
    counts[c] = (counts[c] as number) + 1;
    samples.push(pools[c]?.pop() as number);
  }
  return samples;
}
