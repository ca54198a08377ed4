import type { Hex } from '../base/bytes.ts';
import { isConsiliumError } from '../base/errors.ts';
import type { Want } from './segment-client.ts';

/** A blob to get, and the members to turn to for it, best first. */
export interface Order extends Want {
  readonly providers: readonly Hex[];
}

export interface ObtainDeps {
  /** Fetches wants from one member in order; null marks what it does not hold. */
  fetch(
    member: Hex,
    wants: readonly Want[],
    signal: AbortSignal,
  ): AsyncGenerator<{ want: Want; bytes: Uint8Array | null }>;
  /** A member sent bytes that it was not asked for. */
  onWrongContent(member: Hex): void;
  /** Takes a blob whose digest was checked. No more is read from its provider until this resolves. */
  keep(digest: Hex, bytes: Uint8Array): Promise<void>;
}

/**
 * Gets blobs from several members at once. A member that fails or does not hold a blob costs that blob a step to the next provider;
 * what was received stays received.
 * @returns the digests of the blobs that were kept; an order that no provider could fill is not among them
 */
export async function obtainBlobs(
  deps: ObtainDeps,
  orders: readonly Order[],
  signal: AbortSignal,
): Promise<ReadonlySet<Hex>> {
  const obtained = new Set<Hex>();
  let open = [...new Map(orders.map((order) => [order.digest, order])).values()];
  const steps = Math.max(0, ...orders.map((order) => order.providers.length));
  for (let step = 0; step < steps && open.length > 0; step++) {
    const byProvider = Map.groupBy(
      open.filter((order) => order.providers[step] !== undefined),
      (order) => order.providers[step] as Hex,
    );
    await Promise.all([...byProvider].map(([member, wants]) => drain(deps, { member, wants }, obtained, signal)));
    signal.throwIfAborted();
    open = open.filter((order) => !obtained.has(order.digest));
  }
  return obtained;
}

async function drain(
  deps: ObtainDeps,
  { member, wants }: { member: Hex; wants: readonly Want[] },
  obtained: Set<Hex>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const { want, bytes } of deps.fetch(member, wants, signal)) {
      if (bytes === null) continue;
      await deps.keep(want.digest, bytes);
      obtained.add(want.digest);
    }
  } catch (error) {
    if (isConsiliumError(error, 'gossip/wrong-content')) deps.onWrongContent(member);
    // Any other failure is the link's or the member's; the next provider in the order is asked instead.
  }
}
