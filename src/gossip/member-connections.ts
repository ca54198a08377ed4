import type { Connection, PeerId } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { fetchAddresses } from './address-exchange.ts';
import { accountOfPeer, type Node } from './create-node.ts';

export interface MemberConnectionsDeps {
  readonly node: Node;
  /** The accounts that may connect, this peer's own among them. */
  members(): ReadonlySet<Hex>;
  /** The first connection of a member came up, or its last one went down. */
  onMember(account: Hex, connected: boolean): void;
}

/** Who is connected, how to reach them, and where the others are. */
export interface MemberConnections {
  connected(): Hex[];
  /** One connection to each connected member. */
  each(): Connection[];
  /** A connection of its own for bulk bytes, so that announcements do not queue behind them. */
  bulk(account: Hex, signal: AbortSignal): Promise<Connection>;
  /** The signed peer records that this peer knows, its own among them. */
  envelopes(): Promise<Uint8Array[]>;
  /** Cuts off former members; dials members whose addresses are known, and learns addresses, while somebody is missing. */
  maintain(): Promise<void>;
}

/** @param bootstrap multiaddrs with peer ids of members to begin with */
export function watchMemberConnections(deps: MemberConnectionsDeps, bootstrap: readonly string[]): MemberConnections {
  const { node } = deps;
  const connected = new Set<Hex>();
  const bulkConnections = new Map<Hex, Connection>();
  /** Peer records that were taken in already: checking a signature costs milliseconds. */
  const learned = new Set<Hex>();

  const note = (peer: PeerId): void => {
    const account = accountOfPeer(peer);
    if (account === null) return;
    const up = node.getConnections(peer).length > 0;
    if (up === connected.has(account)) return;
    if (up) connected.add(account);
    else connected.delete(account);
    deps.onMember(account, up);
  };
  node.addEventListener('peer:connect', (event) => note(event.detail));
  node.addEventListener('peer:disconnect', (event) => note(event.detail));

  const each = (): Connection[] => node.getPeers().flatMap((peer) => node.getConnections(peer)[0] ?? []);

  const learnFrom = async (connection: Connection): Promise<void> => {
    for (const envelope of await fetchAddresses(connection)) {
      const name = toHex(sha256(envelope));
      if (learned.has(name)) continue;
      learned.add(name);
      await node.peerStore.consumePeerRecord(envelope);
    }
  };

  const dialBootstrap = async (): Promise<void> => {
    const open = new Set(node.getPeers().map(String));
    const missing = bootstrap.filter((address) => !open.has(address.split('/p2p/').at(-1) ?? ''));
    await Promise.allSettled(missing.map((address) => node.dial(multiaddr(address))));
  };

  const dialKnown = async (): Promise<void> => {
    const known = await node.peerStore.all();
    const open = new Set(node.getPeers().map(String));
    const missing = known.filter((peer) => {
      const account = accountOfPeer(peer.id);
      return account !== null && deps.members().has(account) && peer.addresses.length > 0 && !open.has(String(peer.id));
    });
    await Promise.allSettled(missing.map((peer) => node.dial(peer.id)));
  };

  const cutFormerMembers = async (): Promise<void> => {
    for (const connection of node.getConnections()) {
      const account = accountOfPeer(connection.remotePeer);
      if (account === null || !deps.members().has(account)) await connection.close();
    }
  };

  return {
    connected: () => [...connected],
    each,
    async bulk(account, signal) {
      const held = bulkConnections.get(account);
      if (held?.status === 'open') return held;
      const peer = node.getPeers().find((candidate) => accountOfPeer(candidate) === account);
      if (peer === undefined) throw new Error(`member ${account} is not connected`);
      const connection = await node.dial(peer, { force: true, signal });
      bulkConnections.set(account, connection);
      return connection;
    },
    async envelopes() {
      const peers = [await node.peerStore.get(node.peerId), ...(await node.peerStore.all())];
      return peers.flatMap((peer) => peer.peerRecordEnvelope ?? []);
    },
    async maintain() {
      await cutFormerMembers();
      if (connected.size >= deps.members().size - 1) return;
      await dialBootstrap();
      await Promise.allSettled(each().map(learnFrom));
      await dialKnown();
    },
  };
}
