import { afterEach, expect, test } from 'vitest';
import { createNode, type Node } from '../../src/gossip/create-node.ts';
import { peerIdOf } from '../../src/gossip/peer-id.ts';
import { hashContribution } from '../../src/protocol/contribution.ts';
import { announcement, memberKey } from '../builders.ts';
import { freePort } from '../end-to-end/command.ts';
import { eventually } from '../eventually.ts';
import { type HonestPeer, startHonest } from '../faults/gossip/test-network.ts';

const WITHIN = 60_000;
const TOPIC = '/consilium/test';

const peers: HonestPeer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

/** @param knownTo the places of those whose addresses a peer is given */
async function network(size: number, knownTo: (place: number) => readonly number[]): Promise<void> {
  const members = Array.from({ length: size }, (_, i) => i + 1);
  for (const [place, n] of members.entries()) {
    const bootstrap = knownTo(place).flatMap((other) => peers[other]?.network.addresses() ?? []);
    peers.push(await startHonest(n, members, bootstrap));
  }
}

/** Says something again and again, something else each time: the first words may be lost while gossip streams are still opening. */
async function everybodyHears(from: number): Promise<void> {
  let round = 0;
  await eventually(async () => {
    const said = announcement(from + 1, { round: ++round });
    await peers[from]?.network.publishContribution(said);
    await eventually(() => {
      const deaf = peers.filter((peer, place) => place !== from && !peer.heard.has(hashContribution(said.record)));
      expect(deaf.map(({ n }) => n)).toEqual([]);
    }, 1_000);
  }, WITHIN);
}

test.each([2, 3, 4])('of %i members, started one after the other, each is heard by all', async (size) => {
  await network(size, (place) => (place === 0 ? [] : [0]));
  await eventually(() => {
    for (const { network } of peers) expect(network.connectedMembers()).toHaveLength(size - 1);
  }, WITHIN);
  for (let from = 0; from < size; from++) await everybodyHears(from);
});

test('two that dial each other at once end up connected, and hear each other', async () => {
  const ports = [await freePort(), await freePort()];
  const addresses = ports.map((port) => `/ip4/127.0.0.1/tcp/${port}`);
  const started = [1, 2].map((n, i) => {
    const other = `${addresses[1 - i]}/p2p/${peerIdOf(memberKey(3 - n))}`;
    return startHonest(n, [1, 2], [other], { listen: [addresses[i] ?? ''] });
  });
  peers.push(...(await Promise.all(started)));
  await eventually(() => {
    for (const { network } of peers) expect(network.connectedMembers()).toHaveLength(1);
  }, WITHIN);
  for (const from of [0, 1]) await everybodyHears(from);
});

test('64 nodes, each connected to a few others, all hear what one of them says', async () => {
  const nodes: Node[] = [];
  const heard = new Set<number>();
  try {
    for (let place = 0; place < 64; place++) {
      const node = await createNode({
        privateKey: memberKey(place + 1),
        listen: ['/ip4/127.0.0.1/tcp/0'],
        topics: [TOPIC],
        isMember: () => true,
      });
      nodes.push(node);
      await node.start();
      node.services.pubsub.subscribe(TOPIC);
      node.services.pubsub.addEventListener('gossipsub:message', () => void heard.add(place));
      // A ring with chords: everybody knows the one before it and two further back.
      for (const back of [1, 7, 19]) {
        const other = nodes[place - back];
        if (other !== undefined) await node.dial(other.getMultiaddrs());
      }
    }
    for (const from of [40, 0]) {
      heard.clear();
      await eventually(async () => {
        await nodes[from]?.services.pubsub.publish(TOPIC, Uint8Array.of(from, heard.size));
        expect(heard.size).toBe(63);
      }, WITHIN);
    }
  } finally {
    await Promise.all(nodes.map(async (node) => node.stop()));
  }
}, 300_000);
