/** Does `work` for each item, at most `width` at a time. */
export async function inLanes<T>(
  items: readonly T[],
  width: number,
  work: (item: T, lane: number) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: width }, async (_, lane) => {
      for (const item of queue) await work(item, lane);
    }),
  );
}
