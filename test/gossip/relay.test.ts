import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, describe, expect, test } from 'vitest';
import { sha256, toHex } from '../../src/base/bytes.ts';
import { createNode, type Node, type NodeOptions } from '../../src/gossip/create-node.ts';
import { LIMITS, type Limits } from '../../src/gossip/limits.ts';
import { hashContribution } from '../../src/protocol/contribution.ts';
import { announcement, memberAccount, memberKey } from '../builders.ts';
import { eventually } from '../eventually.ts';
import { type HonestPeer, startHonest } from '../faults/gossip/test-network.ts';

const PROTOCOL = '/consilium/test/1';
const LOOPBACK = '/ip4/127.0.0.1/tcp/0';

const nodes: Node[] = [];
const peers: HonestPeer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
  await Promise.all(nodes.splice(0).map(async (node) => node.stop()));
});

async function start(n: number, options: Partial<NodeOptions>, limits: Partial<Limits> = {}): Promise<Node> {
  const node = await createNode(
    { privateKey: memberKey(n), listen: [], topics: [], isMember: () => true, ...options },
    { ...LIMITS, ...limits },
  );
  nodes.push(node);
  await node.start();
  return node;
}

const addressOf = (node: Node): string => String(node.getMultiaddrs()[0]);
const circuitOf = (node: Node): string | undefined =>
  node
    .getMultiaddrs()
    .map(String)
    .find((address) => address.includes('p2p-circuit'));

/** A relay, and a member that can be reached over it only. */
async function behindRelay(limits: Partial<Limits> = {}, isMember: NodeOptions['isMember'] = () => true) {
  const relay = await start(1, { listen: [LOOPBACK], relayServe: true, isMember }, limits);
  const hidden = await start(2, { relayUse: [addressOf(relay)] });
  await hidden.handle(
    PROTOCOL,
    async (stream) => {
      stream.send(new Uint8Array(1024 * 1024));
      await stream.close();
    },
    { runOnLimitedConnection: true },
  );
  return { relay, hidden };
}

/** @returns how many of a mebibyte come over the relay */
async function fetchOver(from: Node, to: Node): Promise<number> {
  await eventually(() => expect(circuitOf(to)).toBeDefined());
  const connection = await from.dial(multiaddr(circuitOf(to) ?? ''));
  const stream = await connection.newStream(PROTOCOL, { runOnLimitedConnection: true });
  let bytes = 0;
  try {
    for await (const chunk of stream) bytes += chunk.byteLength;
  } catch {
    // the relay ended it
  }
  return bytes;
}

describe('a relay', () => {
  test('carries streams to a member that nobody can dial', async () => {
    const { hidden } = await behindRelay();
    expect(await fetchOver(await start(3, {}), hidden)).toBe(1024 * 1024);
  });

  test('ends a connection that has carried more than relayBytes', async () => {
    const { hidden } = await behindRelay({ relayBytes: 64 * 1024 });
    expect(await fetchOver(await start(3, {}), hidden).catch(() => 0)).toBeLessThan(1024 * 1024);
  });

  test('ends a connection after relayMilliseconds', async () => {
    const { hidden } = await behindRelay({ relayMilliseconds: 2_000 });
    await eventually(() => expect(circuitOf(hidden)).toBeDefined());
    const connection = await (await start(3, {})).dial(multiaddr(circuitOf(hidden) ?? ''));
    await eventually(() => expect(connection.status).not.toBe('open'));
  });

  test('holds no more places than relayReservations', async () => {
    const { relay, hidden } = await behindRelay({ relayReservations: 1 });
    await eventually(() => expect(circuitOf(hidden)).toBeDefined());
    const second = await start(3, { relayUse: [addressOf(relay)] }).catch(() => null);
    await fetchOver(await start(4, {}), hidden); // the first one has its place
    expect(second === null ? undefined : circuitOf(second)).toBeUndefined();
  });

  test('keeps a place for members only, and relays between members only', async () => {
    const members = new Set([1, 2].map(memberAccount));
    const { relay, hidden } = await behindRelay({}, (account) => members.has(account));
    await eventually(() => expect(circuitOf(hidden)).toBeDefined());
    const stranger = await start(9, { relayUse: [addressOf(relay)] }).catch(() => null);
    expect(stranger === null ? undefined : circuitOf(stranger)).toBeUndefined();
    const other = await start(8, {});
    await expect(other.dial(multiaddr(circuitOf(hidden) ?? ''))).rejects.toThrow(/./);
  });

  test('is off unless it is asked for', async () => {
    const plain = await start(1, { listen: [LOOPBACK] });
    const hidden = await start(2, { relayUse: [addressOf(plain)] }).catch(() => null);
    expect(hidden === null ? undefined : circuitOf(hidden)).toBeUndefined();
  });
});

test('members exchange records and segments over the relay of a third', async () => {
  const all = [1, 2, 3];
  const relay = await startHonest(1, all, [], { relay: { serve: true, use: [] } });
  peers.push(relay);
  const use = relay.network.addresses().slice(0, 1);
  const hidden = await startHonest(2, all, use, { listen: [], relay: { serve: false, use } });
  await eventually(() => expect(hidden.network.addresses()).toHaveLength(1));
  // The hidden one is known by its address at the relay, as others are by theirs.
  const bootstrap = [...use, ...hidden.network.addresses()];
  const far = await startHonest(3, all, bootstrap, { listen: [], relay: { serve: false, use } });
  peers.push(hidden, far);
  await eventually(() => expect(far.network.connectedMembers()).toContain(memberAccount(2)));
  const said = announcement(2, { round: 1 });
  await eventually(async () => {
    await hidden.network.publishContribution(said);
    expect(far.heard.has(hashContribution(said.record))).toBe(true);
  });
  const blob = new Uint8Array(300_000).fill(7);
  const digest = toHex(sha256(blob));
  hidden.blobs.set(digest, blob);
  const order = { digest, maximumBytes: blob.length, providers: [memberAccount(2)] };
  expect((await far.network.obtain([order], async () => {}, AbortSignal.timeout(30_000))).size).toBe(1);
});
