import { labAvailable } from '../../test/lab/lab-available.ts';
import type { RateLimit } from '../../test/lab/limit-rate.ts';
import { createNetworkLab } from '../../test/lab/network-lab.ts';
import { createShapingProxy } from './shaping-proxy.ts';

/** Links between the peers of `bench:round`, by whichever means. */
export interface RoundNetwork {
  readonly kind: 'namespaces' | 'proxy';
  /** Why it is that kind. */
  readonly reason: string;
  /** What to put before the command that starts a peer. */
  prefix(peer: number): readonly string[];
  /** Where a peer is to listen. */
  listen(peer: number): string;
  /** What every connection of a peer has to go through, if it does. */
  readonly proxyPort: number | null;
  /** A peer listens now. */
  listening(peer: number, multiaddr: string): void;
  /** The same limit for every peer; null lifts it. */
  limit(rate: RateLimit | null): Promise<void>;
  stop(): Promise<void>;
}

/** @param proxy true to do without namespaces even where they are to be had */
export async function createRoundNetwork(peers: number, proxy: boolean): Promise<RoundNetwork> {
  const unavailable = proxy ? 'asked for by --proxy' : await labAvailable();
  return unavailable === null ? namespaces(peers) : loopback(unavailable);
}

async function namespaces(peers: number): Promise<RoundNetwork> {
  const lab = await createNetworkLab(peers);
  return {
    kind: 'namespaces',
    reason: 'tbf and htb on a veth for each peer',
    prefix: lab.prefix,
    listen: (peer) => `/ip4/${lab.addresses[peer] ?? ''}/tcp/4001`,
    proxyPort: null,
    listening: () => {},
    async limit(rate) {
      await Promise.all(lab.addresses.map((_, peer) => lab.limit(peer, rate)));
    },
    stop: lab.stop,
  };
}

async function loopback(reason: string): Promise<RoundNetwork> {
  const proxy = await createShapingProxy();
  return {
    kind: 'proxy',
    reason,
    prefix: () => [],
    listen: () => '/ip4/127.0.0.1/tcp/0',
    proxyPort: proxy.port,
    listening: (peer, multiaddr) => proxy.register(peer, Number(/\/tcp\/(\d+)/.exec(multiaddr)?.[1])),
    async limit(rate) {
      proxy.limit(rate);
    },
    stop: proxy.stop,
  };
}
