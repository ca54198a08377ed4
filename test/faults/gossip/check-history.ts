import type { Hex } from '../../../src/base/bytes.ts';

/** What one peer has seen, and what it did with it. */
export interface PeerHistory {
  readonly account: Hex;
  /** Struct hash of each contribution that it knows, under `round/member`. */
  readonly known: ReadonlyMap<string, Hex>;
  /** The heads of the log as it has read it, in order. */
  readonly heads: readonly Hex[];
}

export interface HistoryFaults {
  /** Two peers know different contributions of one member for one round. */
  readonly divergent: number;
  /** A peer's log is no prefix of the contract's. */
  readonly forked: number;
  /** Contributions that a peer should know and does not. */
  readonly missing: number;
}

/** Holds the peers' views against each other and against the contract. @param expected `round/member` of what all must know */
export function checkHistory(
  peers: readonly PeerHistory[],
  contractHeads: readonly Hex[],
  expected: readonly string[],
): HistoryFaults {
  const hashes = new Map<string, Set<Hex>>();
  for (const { known } of peers) {
    for (const [key, hash] of known) hashes.set(key, (hashes.get(key) ?? new Set()).add(hash));
  }
  return {
    divergent: [...hashes.values()].filter((each) => each.size > 1).length,
    forked: peers.filter(({ heads }) => heads.some((head, i) => head !== contractHeads[i])).length,
    missing: peers.reduce((total, { known }) => total + expected.filter((key) => !known.has(key)).length, 0),
  };
}
