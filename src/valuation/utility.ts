/** The worth of a coalition of players, given as the sorted list of their indices. The empty coalition is asked for too. */
export type Utility = (coalition: readonly number[]) => number | Promise<number>;

/** A utility that computes each coalition once. */
export interface RememberedUtility {
  readonly utility: (coalition: readonly number[]) => Promise<number>;
  /** How many coalitions were computed, the empty one left out. */
  readonly evaluations: () => number;
}

export function rememberUtility(utility: Utility): RememberedUtility {
  const known = new Map<string, number>();
  return {
    utility: async (coalition) => {
      const name = coalition.join();
      const worth = known.get(name) ?? (await utility(coalition));
      known.set(name, worth);
      return worth;
    },
    evaluations: () => known.size - (known.has('') ? 1 : 0),
  };
}

/** The worth of every coalition; the index is the sum of 2^player over its members. @param players at most 20 */
export async function everyWorth(players: number, utility: Utility): Promise<number[]> {
  const worths: number[] = [];
  for (let mask = 0; mask < 2 ** players; mask++) worths.push(await utility(coalitionOf(mask, players)));
  return worths;
}

export function coalitionOf(mask: number, players: number): number[] {
  return everybody(players).filter((player) => (mask & (1 << player)) !== 0);
}

export function everybody(players: number): number[] {
  return Array.from({ length: players }, (_, player) => player);
}
