import type { Hex } from '../base/bytes.ts';
import { isConsiliumError } from '../base/errors.ts';
import type { Want } from './frame-receiver.ts';
import type { SegmentStream } from './segment-client.ts';

/** A blob to get, and the members to turn to for it, best first. */
export interface Order extends Want {
  readonly providers: readonly Hex[];
}

export interface ObtainDeps {
  /** Opens a stream to a member. */
  open(member: Hex, signal: AbortSignal): Promise<SegmentStream>;
  /** A member sent bytes that it was not asked for. */
  onWrongContent(member: Hex): void;
  /** Takes a blob whose digest was checked. Its provider is asked for nothing more until this resolves. */
  keep(digest: Hex, bytes: Uint8Array): Promise<void>;
}

/** At least two requests are open with a provider, and as many more as stay below this: a link must not run dry between answers. */
const AHEAD_BYTES = 8 * 1024 * 1024;
const AHEAD_REQUESTS = 2;
/** What all providers together may be asked for ahead; beyond it each has one request open. */
const MAXIMUM_AHEAD_BYTES = 64 * 1024 * 1024;
/** Streams of a provider that may break, one after the other, without a blob in between. */
const MAXIMUM_BREAKS = 2;

interface OpenOrder {
  readonly order: Order;
  /** Index of the provider that it is with. */
  step: number;
}

interface Provider {
  readonly member: Hex;
  readonly queue: OpenOrder[];
  /** Streams that broke since the last answer. */
  breaks: number;
  /** It lied, or broke too often: it is not asked again. */
  lost: boolean;
  working: Promise<void> | null;
}

/**
 * Gets blobs from several members at once, all their streams pipelined. What a member does not hold, and what it still owes when it
 * fails, goes on at once to the next provider of each order; a stream that breaks is opened again, and costs the blobs that were on
 * their way. What was received stays received. Memory is bounded by the requests that are open, whatever the number of orders.
 * @returns the digests of the blobs that were kept; an order that no provider could fill is not among them
 * @throws what `keep` threw; the signal's reason
 */
export async function obtainBlobs(
  deps: ObtainDeps,
  orders: readonly Order[],
  signal: AbortSignal,
): Promise<ReadonlySet<Hex>> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await fillOrders(deps, orders, stopping);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function fillOrders(
  deps: ObtainDeps,
  orders: readonly Order[],
  stopping: AbortController,
): Promise<ReadonlySet<Hex>> {
  const { signal } = stopping;
  const obtained = new Set<Hex>();
  const providers = new Map<Hex, Provider>();
  const ahead = createAheadBudget();

  const providerOf = (member: Hex): Provider => {
    const known = providers.get(member);
    if (known !== undefined) return known;
    const provider: Provider = { member, queue: [], breaks: 0, lost: false, working: null };
    providers.set(member, provider);
    return provider;
  };

  /** Gives an order to the first provider from its step on that is not lost. */
  const assign = (open: OpenOrder): void => {
    for (; open.step < open.order.providers.length; open.step++) {
      const provider = providerOf(open.order.providers[open.step] ?? '0x');
      if (provider.lost) continue;
      provider.queue.push(open);
      return start(provider);
    }
  };

  const passOn = (open: OpenOrder): void => assign(Object.assign(open, { step: open.step + 1 }));

  const start = (provider: Provider): void => {
    if (provider.queue.length === 0 || provider.working !== null || signal.aborted) return;
    provider.working = work(provider).finally(() => {
      provider.working = null;
      start(provider); // something may have been passed on to it just now
    });
  };

  const work = async (provider: Provider): Promise<void> => {
    const open: OpenOrder[] = [];
    try {
      await converse(provider, open);
    } catch (error) {
      for (const { order } of open) ahead.release(order);
      // The digest may be another's, of a longer blob, put there by whoever listed it: the provider is honest, and the order hopeless here.
      const hopeless = isConsiliumError(error, 'gossip/too-long') ? open.splice(0, 1) : [];
      const lied = isConsiliumError(error, 'gossip/wrong-content') || isConsiliumError(error, 'gossip/wrong-frame');
      if (lied) deps.onWrongContent(provider.member);
      if (hopeless.length === 0) provider.breaks += 1;
      provider.lost = lied || provider.breaks >= MAXIMUM_BREAKS;
      const owed = [...open, ...provider.queue.splice(0)];
      if (provider.lost) for (const each of owed) passOn(each);
      else provider.queue.push(...owed);
      for (const each of hopeless) passOn(each);
    }
  };

  /** Works through a provider's queue on one stream. @param open filled with the requests that are open */
  const converse = async (provider: Provider, open: OpenOrder[]): Promise<void> => {
    const stream = await deps.open(provider.member, signal);
    try {
      for (;;) {
        ask(stream, provider.queue, open);
        const [first] = open;
        if (first === undefined) return;
        const bytes = await stream.receive();
        provider.breaks = 0;
        if (bytes !== null) await keep(first.order.digest, bytes);
        open.shift();
        ahead.release(first.order);
        if (bytes === null) passOn(first);
      }
    } finally {
      stream.close();
    }
  };

  const ask = (stream: SegmentStream, queue: OpenOrder[], open: OpenOrder[]): void => {
    for (let [next] = queue; next !== undefined && ahead.admits(next.order, open); [next] = queue) {
      stream.request(next.order);
      queue.shift();
      open.push(next);
      ahead.take(next.order);
    }
  };

  const keep = async (digest: Hex, bytes: Uint8Array): Promise<void> => {
    try {
      await deps.keep(digest, bytes);
      obtained.add(digest);
    } catch (error) {
      stopping.abort(error); // a full disk here is no fault of the provider's
      throw error;
    }
  };

  for (const order of new Map(orders.map((each) => [each.digest, each])).values()) assign({ order, step: 0 });
  for (;;) {
    const working = [...providers.values()].flatMap((provider) => provider.working ?? []);
    if (working.length === 0) break;
    await Promise.all(working);
  }
  signal.throwIfAborted();
  return obtained;
}

/** How many bytes may be asked for before they are taken. */
function createAheadBudget() {
  let bytes = 0;
  return {
    admits(next: Want, open: readonly OpenOrder[]): boolean {
      if (open.length === 0) return true;
      const openBytes = open.reduce((sum, { order }) => sum + order.maximumBytes, next.maximumBytes);
      const keepsBusy = open.length < AHEAD_REQUESTS || openBytes <= AHEAD_BYTES;
      return keepsBusy && bytes + next.maximumBytes <= MAXIMUM_AHEAD_BYTES;
    },
    take: (want: Want): void => void (bytes += want.maximumBytes),
    release: (want: Want): void => void (bytes -= want.maximumBytes),
  };
}
