import type { SeededRandom } from '../base/seeded-random.ts';
import { groupByClass } from './stratified-cut.ts';

/** Draws are repeated until every member has enough; after so many, samples are moved instead. */
const MAX_DRAWS = 100;

export interface ShareOptions {
  readonly members: number;
  /** Concentration: small means that members see different classes, Infinity that all see the same mix. */
  readonly alpha: number;
  /** Samples that every member gets at least. */
  readonly minimum: number;
}

/**
 * Deals samples to members with label skew: for each class, the members' proportions are Dirichlet(α, …, α), and each
 * sample goes to a member by them. Every sample is dealt exactly once.
 *
 * The proportions are never drawn: a Pólya urn deals by the very same distribution (Blackwell and MacQueen, Ferguson
 * distributions via Pólya urn schemes, 1973) with additions and comparisons only, so the bits are the same everywhere.
 * The kind of skew is that of Hsu, Qi and Brown, 2019.
 *
 * @param samples indices into `labels`, at least members × minimum
 * @returns the samples of each member
 */
export function dirichletShares(
  labels: Uint8Array,
  samples: readonly number[],
  options: ShareOptions,
  random: SeededRandom,
): number[][] {
  let shares = deal(labels, samples, options, random);
  for (let draw = 1; draw < MAX_DRAWS && shares.some(({ length }) => length < options.minimum); draw++) {
    shares = deal(labels, samples, options, random);
  }
  levelUp(shares, options.minimum);
  return shares;
}

function deal(labels: Uint8Array, samples: readonly number[], { members, alpha }: ShareOptions, random: SeededRandom) {
  const shares: number[][] = Array.from({ length: members }, () => []);
  let dealt = 0;
  for (const group of groupByClass(labels, samples)) {
    random.shuffle(group);
    const counts = new Float64Array(members);
    for (const [position, sample] of group.entries()) {
      const member = alpha === Infinity ? dealt % members : drawMember(counts, alpha, position, random);
      counts[member] = (counts[member] as number) + 1;
      shares[member]?.push(sample);
      dealt++;
    }
  }
  return shares;
}

/** A member with chance proportional to α plus what it has got of this class already. */
function drawMember(counts: Float64Array, alpha: number, dealt: number, random: SeededRandom): number {
  let remaining = random.next() * (counts.length * alpha + dealt);
  for (let member = 0; member < counts.length - 1; member++) {
    remaining -= alpha + (counts[member] as number);
    if (remaining < 0) return member;
  }
  return counts.length - 1;
}

/** Moves samples from the largest share to the smallest until every share has the minimum. */
function levelUp(shares: number[][], minimum: number): void {
  for (;;) {
    const bySize = shares.toSorted((a, b) => a.length - b.length);
    const smallest = bySize[0] as number[];
    const largest = bySize.at(-1) as number[];
    if (smallest.length >= minimum || largest.length <= minimum) return;
    smallest.push(largest.pop() as number);
  }
}
