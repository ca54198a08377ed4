/** What a player changes in the mix, by the share that it has there; as long as the gradient. */
export type ChangeOf = (player: number) => Promise<Float32Array>;

/**
 * By how much each change lowers the loss where it is small: −gradient · change (DIG-FL; the first term of the utility's Taylor series). Changes are
 * judged one by one, so the values sum to the utility only as far as the loss is linear.
 * @param gradient of the loss, at the mix that nobody has changed
 */
export async function firstOrder(
  players: number,
  gradient: Float32Array | Float64Array,
  changeOf: ChangeOf,
): Promise<number[]> {
  const values: number[] = [];
  for (let player = 0; player < players; player++) values.push(-dot(gradient, await changeOf(player)));
  return values;
}

/** In float64, in order. @throws RangeError if the lengths differ */
export function dot(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  if (a.length !== b.length) throw new RangeError(`vectors of ${a.length} and ${b.length} numbers have no product`);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
