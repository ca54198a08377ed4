import { everybody, type Utility } from './utility.ts';

/**
 * What is lost when one player leaves and all others stay. Players who can stand in for each other have next to nothing, so the values do not
 * sum to the utility.
 */
export async function leaveOneOut(players: number, utility: Utility): Promise<number[]> {
  const all = await utility(everybody(players));
  const values: number[] = [];
  for (const absent of everybody(players)) {
    values.push(all - (await utility(everybody(players).filter((player) => player !== absent))));
  }
  return values;
}
