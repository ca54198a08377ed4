import type { Hex } from '../../src/base/bytes.ts';

/** What the parent of `bench:round` asks of a worker. Workers are numbered from 0, as the peers of the network are. */
export type RoundTask =
  /** Open the peer's network. `earlier`: where others listen already; `proxyPort`: what every connection has to go through, if it does. */
  | {
      readonly do: 'listen';
      readonly self: number;
      readonly workers: number;
      readonly listen: string;
      readonly earlier: readonly string[];
      readonly proxyPort: number | null;
    }
  /** Wait for the connections to everybody. */
  | { readonly do: 'connect' }
  /** Forget the round before, and cut a model of this size into that many segments. */
  | { readonly do: 'prepare'; readonly round: number; readonly parameters: number; readonly segments: number }
  /** Announce the own contribution, if this peer is below `peers`, and wait until those of all `peers` were heard. */
  | { readonly do: 'announce'; readonly peers: number }
  /** Pull what the seeded choice of `pulls` asks for, and mix it. */
  | { readonly do: 'pull'; readonly pulls: number }
  /** As the server of a star: take everybody's whole model and mix all of them. */
  | { readonly do: 'collect' }
  /** As a client of a star: take the server's mix. */
  | { readonly do: 'take'; readonly server: number; readonly digests: readonly Hex[] };

/** Since the task came, until everything was there and, but for 'take', mixed. */
export interface PullAnswer {
  readonly seconds: number;
  /** Bytes that the choice asked of each worker. */
  readonly bytesFrom: readonly number[];
}

export interface RoundAnswers {
  listen: { readonly address: string };
  connect: null;
  prepare: null;
  announce: null;
  pull: PullAnswer;
  collect: PullAnswer & { readonly digests: readonly Hex[] };
  take: PullAnswer;
}
