import { coalitionOf, everybody, everyWorth, type Utility } from './utility.ts';

/**
 * Exact Shapley values by summing every player's marginal worth over all coalitions (Shapley 1953).
 * @param players number of players, at most 20: 2^players utilities are evaluated
 * @returns one value a player; they sum to utility(everybody) − utility(nobody) up to rounding
 */
export async function exactShapley(players: number, utility: Utility): Promise<number[]> {
  const worth = await everyWorth(players, utility);
  const weights = coalitionWeights(players);
  return everybody(players).map((player) => {
    const bit = 1 << player;
    return worth.reduce((sum, without, mask) => {
      if ((mask & bit) !== 0) return sum;
      const weight = weights[coalitionOf(mask, players).length] ?? 0;
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
