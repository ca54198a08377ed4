import type { Connection, PeerId } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { fetchAddresses, signerOf } from './address-exchange.ts';
import { accountOfPeer, type Node } from './create-node.ts';

export interface MemberConnectionsDeps {
  readonly node: Node;
  readonly clock: Pick<Clock, 'now'>;
  /** The accounts that are members, this peer's own among them. */
  members(): ReadonlySet<Hex>;
  /** True for a member that may connect now. */
  isAdmitted(account: Hex): boolean;
  /** The first connection of a member came up, or its last one went down. */
  onMember(account: Hex, connected: boolean): void;
}

/** Who is connected, how to reach them, and where the others are. */
export interface MemberConnections {
  connected(): Hex[];
  /** A connection for requests to a connected member. */
  of(account: Hex): Connection | undefined;
  /**
   * A connection of its own for bulk bytes, so that announcements do not queue behind them; the one that there is if the member cannot be
   * dialled.
   */
  bulk(account: Hex, signal: AbortSignal): Promise<Connection>;
  /** The signed peer records that this peer knows, its own among them. */
  envelopes(): Promise<Uint8Array[]>;
  /** Closes all connections of an account, streams and all. */
  cut(account: Hex): Promise<void>;
  /**
   * Cuts off who may not be here; dials members whose addresses are known, and learns addresses, while somebody is missing; makes
   * connections anew over which a member is not heard.
   */
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

  const connectionsOf = (account: Hex): Connection[] =>
    node
      .getConnections()
      .filter(({ remotePeer, status }) => status === 'open' && accountOfPeer(remotePeer) === account);

  /** Takes in a signed address list of a member; one that is wrong, or of somebody else, is left. */
  const consume = async (envelope: Uint8Array): Promise<void> => {
    const peer = await signerOf(envelope);
    const account = peer === null ? null : accountOfPeer(peer);
    if (peer === null || account === null || !deps.members().has(account)) return;
    await node.peerStore.consumePeerRecord(envelope, { expectedPeer: peer });
  };

  const learnFrom = async (connection: Connection): Promise<void> => {
    for (const envelope of await fetchAddresses(connection)) {
      const name = toHex(sha256(envelope));
      if (learned.has(name)) continue;
      learned.add(name);
      await consume(envelope);
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
      return account !== null && deps.isAdmitted(account) && peer.addresses.length > 0 && !open.has(String(peer.id));
    });
    await Promise.allSettled(missing.map((peer) => node.dial(peer.id)));
  };

  /** At once: a connection that is closed in good order waits for streams that its other end may keep open. */
  const cut = async (account: Hex): Promise<void> => {
    for (const connection of connectionsOf(account)) connection.abort(new Error('no longer admitted'));
  };

  const cutFormerMembers = async (): Promise<void> => {
    for (const { remotePeer } of node.getConnections()) {
      const account = accountOfPeer(remotePeer);
      if (account === null || !deps.isAdmitted(account)) {
        for (const connection of node.getConnections(remotePeer)) connection.abort(new Error('no longer admitted'));
      }
    }
  };

  /** Since when a connected member has had no gossip stream. */
  const mutedSince = new Map<Hex, number>();

  /**
   * A gossip stream that was reset is not opened again as long as the connection stays: both sides then believe that they are connected,
   * and hear nothing. Closing the connection mends it.
   */
  const mendMuted = async (): Promise<void> => {
    const heard = new Set(node.services.pubsub.getPeers().map((peer) => accountOfPeer(peer)));
    for (const account of connected) {
      if (heard.has(account)) {
        mutedSince.delete(account);
        continue;
      }
      const since = mutedSince.get(account) ?? deps.clock.now();
      mutedSince.set(account, since);
      if (deps.clock.now() - since < MUTED_MILLISECONDS) continue;
      mutedSince.delete(account);
      await cut(account);
    }
  };

  return {
    connected: () => [...connected],
    of: (account) => connectionsOf(account)[0],
    async bulk(account, signal) {
      const held = bulkConnections.get(account);
      if (held?.status === 'open') return held;
      const [first] = connectionsOf(account);
      if (first === undefined) throw new Error(`member ${account} is not connected`);
      // A relayed member cannot be dialled again otherwise than over its relay, where a second connection would be no faster.
      if (first.limits !== undefined) return first;
      const connection = await node.dial(first.remotePeer, { force: true, signal }).catch((error: Error) => error);
      signal.throwIfAborted();
      // It has not told its addresses yet: the next time it will have.
      if (connection instanceof Error && connection.name === 'NoValidAddressesError') return first;
      const taken = connection instanceof Error ? first : connection;
      bulkConnections.set(account, taken);
      return taken;
    },
    async envelopes() {
      const peers = [await node.peerStore.get(node.peerId), ...(await node.peerStore.all())];
      return peers.flatMap((peer) => peer.peerRecordEnvelope ?? []);
    },
    cut,
    async maintain() {
      await cutFormerMembers();
      await mendMuted();
      if (connected.size >= deps.members().size - 1) return;
      await dialBootstrap();
      await Promise.allSettled([...connected].flatMap((account) => connectionsOf(account)[0] ?? []).map(learnFrom));
      await dialKnown();
    },
  };
}

/** Longer than it takes to open a gossip stream on a new connection, on a slow link too. */
const MUTED_MILLISECONDS = 15_000;
