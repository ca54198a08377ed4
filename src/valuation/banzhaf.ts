import type { SeededRandom } from '../base/seeded-random.ts';
import { createSampleMean, type Estimates } from './sample-mean.ts';
import { everybody, everyWorth, type Utility } from './utility.ts';

/**
 * Exact Banzhaf values: the mean of a player's marginal worth over all coalitions of the others (Banzhaf 1965). They do not sum to the utility.
 * @param players at most 20: 2^players utilities are evaluated
 */
export async function exactBanzhaf(players: number, utility: Utility): Promise<number[]> {
  const worth = await everyWorth(players, utility);
  return everybody(players).map((player) => {
    const signed = worth.reduce((sum, value, mask) => sum + ((mask & (1 << player)) === 0 ? -value : value), 0);
    return signed / 2 ** (players - 1);
  });
}

/**
 * Banzhaf values by maximum sample reuse (Wang and Jia 2023): the mean worth of the drawn coalitions with a player less that of those without it, so that every
 * coalition counts for all players. Coalitions are drawn in pairs, one and its complement: each player is in half of them, and all that
 * a pair has in common cancels.
 * @param pairs at least 2
 */
export async function sampledBanzhaf(
  players: number,
  utility: Utility,
  pairs: number,
  random: SeededRandom,
): Promise<Estimates> {
  const mean = createSampleMean(players);
  for (let pair = 0; pair < pairs; pair++) {
    const isIn = everybody(players).map(() => random.integer(2) === 1);
    const inside = everybody(players).filter((player) => isIn[player]);
    const outside = everybody(players).filter((player) => !isIn[player]);
    const difference = (await utility(inside)) - (await utility(outside));
    mean.add(isIn.map((member) => (member ? difference : -difference)));
  }
  return mean.estimates();
}
