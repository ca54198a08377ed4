import { concat } from 'uint8arrays/concat';
import { fromHex, type Hex } from '../base/bytes.ts';
import { createSeededRandom } from '../base/seeded-random.ts';

/** What seeds a choice: the puller's own committed update, so that nobody can choose first and commit afterwards. */
export interface PullSeed {
  /** Merkle root of the puller's update of this round. */
  readonly update: Hex;
  readonly round: number;
  readonly segment: number;
}

/**
 * The order in which a member turns to the candidates for one segment: a permutation seeded by its committed update.
 * The first `pulls` of it are mixed (segmented pulling after Hu, Jiang and Wang 2019, arXiv 1908.07782, with the choice made auditable).
 * @param candidates how many contributions other than its own there are, in the recipe's order
 * @returns indices below `candidates`, each once
 */
export function pullPermutation(seed: PullSeed, candidates: number): number[] {
  const place = new Uint8Array(8);
  const view = new DataView(place.buffer);
  view.setUint32(0, seed.round);
  view.setUint32(4, seed.segment);
  const random = createSeededRandom(concat([fromHex(seed.update), place]), 'pull');
  return random.shuffle(Array.from({ length: candidates }, (_, i) => i));
}
