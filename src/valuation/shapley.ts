import type { SeededRandom } from '../base/seeded-random.ts';

/** The worth of a coalition of players, given as the sorted list of their indices. The empty coalition is asked for too. */
export type Utility = (coalition: readonly number[]) => number | Promise<number>;

/**
 * Exact Shapley values by summing every player's marginal worth over all coalitions (Shapley 1953).
 * @param players number of players, at most 20: 2^players utilities are evaluated
 * @returns one value a player; they sum to utility(everybody) − utility(nobody) up to rounding
 */
export async function exactShapley(players: number, utility: Utility): Promise<number[]> {
  const worth: number[] = [];
  for (let mask = 0; mask < 2 ** players; mask++) worth.push(await utility(playersOf(mask, players)));
  const weights = coalitionWeights(players);
  return Array.from({ length: players }, (_, player) => {
    const bit = 1 << player;
    return worth.reduce((sum, without, mask) => {
      if ((mask & bit) !== 0) return sum;
      const weight = weights[playersOf(mask, players).length] ?? 0;
      return sum + weight * ((worth[mask | bit] ?? 0) - without);
    }, 0);
  });
}

/** size! (n − size − 1)! / n! for each coalition size without the player. */
function coalitionWeights(players: number): number[] {
  const weights = [1 / players];
  for (let size = 1; size < players; size++) {
    weights.push(((weights[size - 1] ?? 0) * size) / (players - size));
  }
  return weights;
}

function playersOf(mask: number, players: number): number[] {
  return Array.from({ length: players }, (_, i) => i).filter((i) => (mask & (1 << i)) !== 0);
}

/**
 * Shapley values estimated over random orders of joining (Castro, Gómez and Tejada 2009). Each order's marginals sum to the whole
 * utility, so the estimates do too.
 * @param permutations how many orders
 */
export async function sampledShapley(
  players: number,
  utility: Utility,
  permutations: number,
  random: SeededRandom,
): Promise<number[]> {
  const known = new Map<string, number>();
  const worth = async (coalition: readonly number[]): Promise<number> => {
    const key = coalition.join();
    const value = known.get(key) ?? (await utility(coalition));
    known.set(key, value);
    return value;
  };
  const sums = Array.from({ length: players }, () => 0);
  for (let n = 0; n < permutations; n++) {
    const order = random.shuffle(Array.from({ length: players }, (_, i) => i));
    let before = await worth([]);
    for (const [joined, player] of order.entries()) {
      const after = await worth(order.slice(0, joined + 1).toSorted((a, b) => a - b));
      sums[player] = (sums[player] ?? 0) + (after - before);
      before = after;
    }
  }
  return sums.map((sum) => sum / permutations);
}
