import { type ChangeOf, dot } from './first-order.ts';

/**
 * How much each player pulls with all (after CGSV, Xu et al. 2021): the cosine of its change to the sum of all changes, −1 to 1, times its share. It needs no
 * data, and tells nothing of them: whoever agrees with the others has a high value, right or wrong. The values have no unit, and sum to nothing in particular.
 * @param shares of the players in the mix
 */
export async function updateCosine(shares: readonly number[], changeOf: ChangeOf): Promise<number[]> {
  const total = Float64Array.from(await changeOf(0));
  for (let player = 1; player < shares.length; player++) {
    const change = await changeOf(player);
    for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (change[i] as number);
  }
  const values: number[] = [];
  for (const [player, share] of shares.entries()) {
    const change = await changeOf(player);
    const norms = Math.sqrt(dot(change, change)) * Math.sqrt(dot(total, total));
    values.push(norms === 0 ? 0 : share * (dot(change, total) / norms));
  }
  return values;
}
