import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import type { Connection, Stream } from '@libp2p/interface';
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record';
import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, describe, expect, test } from 'vitest';
import { fromHex, type Hex } from '../../src/base/bytes.ts';
import { type Logger, silentLogger } from '../../src/base/logger.ts';
import { ADDRESS_PROTOCOL, serveAddresses } from '../../src/gossip/address-exchange.ts';
import { accountOfPeer, createNode, type Node, type NodeOptions } from '../../src/gossip/create-node.ts';
import { type MemberConnections, watchMemberConnections } from '../../src/gossip/member-connections.ts';
import { SEGMENT_PROTOCOL } from '../../src/gossip/segment-protocol.ts';
import { serveSegments } from '../../src/gossip/segment-server.ts';
import { joinTopics, topicOf } from '../../src/gossip/study-topics.ts';
import { encodeAnnouncement } from '../../src/protocol/announcement.ts';
import { announcement, memberAccount, memberKey, STUDY } from '../builders.ts';
import { eventually } from '../eventually.ts';
import { CONTEXT } from '../faults/gossip/frame-types.ts';

const TOPIC = topicOf(STUDY, 'contributions');

const nodes: Node[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map(async (node) => node.stop()));
});

async function start(n: number, isMember: NodeOptions['isMember'] = () => true): Promise<Node> {
  const node = await createNode({
    privateKey: memberKey(n),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    topics: [TOPIC],
    isMember,
  });
  nodes.push(node);
  await node.start();
  node.services.pubsub.subscribe(TOPIC);
  return node;
}

const dial = (from: Node, to: Node): Promise<Connection> => from.dial(to.getMultiaddrs());

/** A node that looks after its connections, by a clock and a member set that the test holds. */
async function watched(members: Set<Hex>) {
  const node = await start(1, (account) => members.has(account));
  const time = { now: 1_000_000 };
  const connections: MemberConnections = watchMemberConnections(
    {
      node,
      clock: { now: () => time.now },
      members: () => members,
      isAdmitted: (account) => members.has(account),
      onMember: () => {},
    },
    [],
  );
  return { node, connections, time };
}

describe('the gate', () => {
  const membersMayEnter = (): boolean => true;
  const nobodyKnows = (): boolean => {
    throw new Error('the member set cannot be read');
  };

  test.each([
    ['is open to members', membersMayEnter, 1],
    ['is shut while nobody can tell who is a member', nobodyKnows, 0],
  ])('%s', async (_what, isMember, admitted) => {
    const [guarded, other] = [await start(1, isMember), await start(2)];
    await guarded.handle('/consilium/test/1', (stream: Stream) => void stream.close());
    const served = await dial(other, guarded)
      .then((connection) => connection.newStream('/consilium/test/1'))
      .then(
        () => 1,
        () => 0,
      );
    expect(served).toBe(admitted);
    await eventually(() => expect(guarded.getConnections()).toHaveLength(admitted));
    if (admitted === 0) await expect(dial(guarded, other)).rejects.toThrow(/denied|gater/i);
  });
});

test('who is a member no more loses its open segment stream at once; who still is one keeps it', async () => {
  const members = new Set([1, 2, 3].map(memberAccount));
  const { node, connections } = await watched(members);
  await node.handle(
    SEGMENT_PROTOCOL,
    (stream) => void serveSegments(stream, { get: async () => null }).catch(() => {}),
  );
  const [former, member] = [await start(2), await start(3)];
  const streams = await Promise.all(
    [former, member].map(async (each) => (await dial(each, node)).newStream(SEGMENT_PROTOCOL)),
  );
  await connections.maintain();
  expect(streams.map(({ status }) => status)).toEqual(['open', 'open']);
  members.delete(memberAccount(2));
  await connections.maintain();
  await eventually(() => expect(streams[0]?.status).not.toBe('open'));
  expect(streams[1]?.status).toBe('open');
  expect(connections.connected()).toEqual([memberAccount(3)]);
});

test('of the addresses that a member hands on only those are taken in that another member has signed for itself', async () => {
  const members = new Set([1, 2, 3, 4, 5].map(memberAccount));
  const { node, connections } = await watched(members);
  const key = (n: number) => privateKeyFromRaw(fromHex(memberKey(n)));
  const sealed = async (about: number, by: number): Promise<Uint8Array> => {
    // Port 9 discards: nobody is there to be dialled.
    const multiaddrs = [multiaddr('/ip4/127.0.0.1/tcp/9')];
    const { peerId } = await createNode({
      privateKey: memberKey(about),
      listen: [],
      topics: [],
      isMember: () => false,
    });
    const record = new PeerRecord({ peerId, multiaddrs });
    return (await RecordEnvelope.seal(record, key(by))).marshal();
  };
  const flipped = await sealed(4, 4);
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  const envelopes = [await sealed(9, 9), await sealed(5, 2), flipped, new Uint8Array(100).fill(7), await sealed(3, 3)];
  const liar = await start(2);
  await liar.handle(ADDRESS_PROTOCOL, (stream) => void serveAddresses(stream, envelopes));
  await dial(liar, node);
  await eventually(async () => {
    await connections.maintain();
    const known = (await node.peerStore.all()).filter(({ addresses }) => addresses.length > 0);
    expect(known.map(({ id }) => accountOfPeer(id))).toContain(memberAccount(3));
  });
  const known = (await node.peerStore.all()).filter(({ addresses }) => addresses.length > 0);
  const accounts = new Set(known.map(({ id }) => accountOfPeer(id)));
  for (const n of [4, 5, 9]) expect(accounts).not.toContain(memberAccount(n));
});

test('a member whose gossip stream is gone while its connection stays is connected anew after a while, and heard again', async () => {
  const members = new Set([1, 2].map(memberAccount));
  const { node, connections, time } = await watched(members);
  const other = await start(2);
  await dial(other, node);
  const heard = (): number => node.services.pubsub.getPeers().length;
  await eventually(() => expect(heard()).toBe(1));
  const muted = node.getConnections()[0];
  await eventually(async () => {
    const gossip = muted?.streams.filter(({ protocol }) => protocol.startsWith('/meshsub')) ?? [];
    for (const stream of gossip) stream.abort(new Error('reset'));
    expect(heard()).toBe(0);
  });
  await connections.maintain();
  time.now += 14_999;
  await connections.maintain();
  expect([muted?.status, heard()]).toEqual(['open', 0]); // nothing mends it by itself
  time.now += 1;
  await connections.maintain();
  expect(muted?.status).not.toBe('open');
  await eventually(async () => {
    await dial(other, node);
    expect(heard()).toBe(1);
  });
});

test.each([
  ['fails', true],
  ['works', false],
])('a record whose keeping %s stops neither the node nor what comes after it', async (_what, fails) => {
  const [node, speaker] = [await start(1), await start(2)];
  const logged: string[] = [];
  const kept: number[] = [];
  const logger: Logger = { ...silentLogger, error: (event: string) => void logged.push(event) };
  const nothing = (): void => {};
  joinTopics(
    {
      context: CONTEXT,
      logger,
      offences: () => ({ note: nothing, isBanned: () => false }),
      onContribution({ record }) {
        if (fails && record.round === 1) throw new Error('ENOSPC: no space left on device');
        kept.push(record.round);
      },
      onEquivocation: nothing,
      onReveal: nothing,
      onCheckpoint: nothing,
    },
    node,
  );
  await dial(speaker, node);
  await eventually(() => expect(speaker.services.pubsub.getSubscribers(TOPIC)).toHaveLength(1));
  for (const round of [1, 2])
    await speaker.services.pubsub.publish(TOPIC, encodeAnnouncement(announcement(2, { round })));
  await eventually(() => expect(kept).toContain(2));
  expect(kept).toEqual(fails ? [2] : [1, 2]);
  expect(logged).toEqual(fails ? ['gossip.record-failed'] : []);
});
