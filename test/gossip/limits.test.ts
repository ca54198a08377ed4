import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { RPC } from '@chainsafe/libp2p-gossipsub/message';
import type { Connection, Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import * as varint from 'uint8-varint';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createNode, type Node, type NodeOptions } from '../../src/gossip/create-node.ts';
import { LIMITS, type Limits } from '../../src/gossip/limits.ts';
import { memberKey } from '../builders.ts';
import { eventually } from '../eventually.ts';

/** Each limit is set low, and something that passes under the usual one is refused; the control is the usual one. */
const TOPIC = '/consilium/test';
const LOOPBACK = '/ip4/127.0.0.1/tcp/0';
const PROTOCOL = '/consilium/test/1';
const GOSSIP = '/meshsub/1.2.0';
/** What should not come about is looked for so long; what should is waited for, on a busy machine too. */
const SOON_MILLISECONDS = 1_500;
const LONG_MILLISECONDS = 20_000;

const nodes: Node[] = [];
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  await Promise.all(nodes.splice(0).map(async (node) => node.stop()));
});

async function start(n: number, limits: Partial<Limits> = {}, options: Partial<NodeOptions> = {}): Promise<Node> {
  const node = await createNode(
    { privateKey: memberKey(n), listen: [LOOPBACK], topics: [TOPIC], isMember: () => true, ...options },
    { ...LIMITS, ...limits },
  );
  nodes.push(node);
  await node.start();
  node.services.pubsub.subscribe(TOPIC);
  return node;
}

const addressOf = (node: Node) => multiaddr(String(node.getMultiaddrs()[0]));
const dial = (from: Node, to: Node): Promise<Connection> => from.dial(addressOf(to), { force: true });
const portOf = (node: Node): number => Number(String(node.getMultiaddrs()[0]).split('/')[4]);
const patience = (should: boolean): number => (should ? LONG_MILLISECONDS : SOON_MILLISECONDS);

/** @param should whether it is expected, which decides how long it is waited for; @param pause between two looks */
async function comesAbout(look: () => boolean | Promise<boolean>, should: boolean, pause = 20): Promise<boolean> {
  const deadline = systemClock.now() + patience(should);
  while (!(await look())) {
    if (systemClock.now() > deadline) return false;
    await systemClock.wait(pause);
  }
  return true;
}

/** A server that takes connections and says nothing. */
async function silentServer(): Promise<{ port: number; taken(): number }> {
  let taken = 0;
  const server = createServer((socket) => {
    taken += 1;
    sockets.push(socket);
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, taken: () => taken };
}

const silent = (port: number) => multiaddr(`/ip4/127.0.0.1/tcp/${port}`);

/** Connections that never begin a handshake. @returns how many of them the other end has closed */
async function mute(node: Node, count: number): Promise<() => number> {
  let closed = 0;
  for (let i = 0; i < count; i++) {
    const socket = connect(portOf(node), '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('close', () => (closed += 1));
  }
  return () => closed;
}

/** A stream of raw gossip frames from one node to another. */
async function gossipStream(from: Node, to: Node): Promise<Stream> {
  await eventually(() => expect(to.services.pubsub.getPeers().map(String)).toContain(String(from.peerId)));
  return (await dial(from, to)).newStream(GOSSIP);
}

const frame = (fields: object): Uint8Array => {
  const bytes = RPC.encode({ subscriptions: [], messages: [], ...fields });
  return Buffer.concat([varint.encode(bytes.length), bytes]);
};
const control = (fields: object, messages: readonly object[]): Uint8Array =>
  frame({ messages, control: { ihave: [], iwant: [], graft: [], prune: [], idontwant: [], ...fields } });
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

interface Trial {
  readonly limit: Partial<Limits>;
  /** Whether the limit should bite. */
  readonly should: boolean;
}

/** @returns whether a node with these limits leaves a frame unread: nothing in it reaches the validator */
async function ignores({ limit, should }: Trial, make: (message: object) => Uint8Array): Promise<boolean> {
  const [victim, sender] = [await start(1, limit), await start(2)];
  let judged = 0;
  victim.services.pubsub.topicValidators.set(TOPIC, () => {
    judged += 1;
    return 'ignore' as never;
  });
  await dial(sender, victim);
  const stream = await gossipStream(sender, victim);
  stream.send(make({ topic: TOPIC, data: Uint8Array.of(1) }));
  return !(await comesAbout(() => judged > 0, !should));
}

/** @returns whether so many streams of a protocol are open on a connection, all at a time */
async function opens(
  connection: Connection,
  { protocol, count, should }: { protocol: string; count: number; should: boolean },
): Promise<boolean> {
  const signal = AbortSignal.timeout(patience(should));
  await Promise.allSettled(many(count, () => connection.newStream(protocol, { signal, maxOutboundStreams: 1000 })));
  const open = (): Stream[] =>
    connection.streams.filter((stream) => stream.protocol === protocol && stream.status === 'open');
  if (open().length < count) return false;
  // Who refuses a stream resets it once it is open.
  return !(await comesAbout(() => open().length < count, !should));
}

/** These act above one node, and bite in watch-floods.test.ts and relay.test.ts. Any other limit without an entry below does not compile. */
type Elsewhere = 'gossipBytesPerSecond' | 'relayBytes' | 'relayMilliseconds' | 'relayReservations';
type Here = Exclude<keyof Limits, Elsewhere>;

const bites: Record<Here, (trial: Trial) => Promise<boolean>> = {
  async maximumConnections({ limit, should }) {
    const victim = await start(1, limit);
    for (const n of [2, 3, 4]) await dial(await start(n), victim).catch(() => {});
    return !(await comesAbout(() => victim.getConnections().length >= 3, !should));
  },
  async inboundConnectionsPerSecond({ limit, should }) {
    const closed = await mute(await start(1, limit), 6);
    return comesAbout(() => closed() > 0, should);
  },
  async maximumPendingConnections({ limit, should }) {
    const closed = await mute(await start(1, limit), 8);
    return comesAbout(() => closed() > 0, should);
  },
  async inboundUpgradeMilliseconds({ limit, should }) {
    const closed = await mute(await start(1, limit), 1);
    return comesAbout(() => closed() > 0, should);
  },
  async dialMilliseconds({ limit, should }) {
    const [node, server] = [await start(1, limit), await silentServer()];
    let hasFailed = false;
    node.dial(silent(server.port)).catch(() => (hasFailed = true));
    return comesAbout(() => hasFailed, should);
  },
  async parallelDials({ limit, should }) {
    const [node, server] = [await start(1, limit), await silentServer()];
    const more = await silentServer();
    for (const { port } of [server, more]) void node.dial(silent(port)).catch(() => {});
    return !(await comesAbout(() => server.taken() + more.taken() >= 2, !should));
  },
  async dialQueueLength({ limit, should }) {
    const node = await start(1, { ...limit, parallelDials: 1 });
    const dials = await Promise.all(many(4, () => silentServer()));
    let refused = 0;
    for (const { port } of dials) void node.dial(silent(port)).catch(() => (refused += 1));
    return comesAbout(() => refused > 0, should);
  },
  async addressesPerPeer({ limit }) {
    const [node, other] = [await start(1, limit), await start(2)];
    const id = String(other.peerId);
    const addresses = [
      multiaddr(`/ip4/127.0.0.1/tcp/9/p2p/${id}`),
      multiaddr(`/ip4/127.0.0.2/tcp/9/p2p/${id}`),
      addressOf(other),
    ];
    return node.dial(addresses).then(
      () => false,
      () => true,
    );
  },
  async streamsPerConnection({ limit, should }) {
    const [victim, sender] = [await start(1, limit), await start(2)];
    await victim.handle(PROTOCOL, () => {}, { maxInboundStreams: 1000 });
    const connection = await dial(sender, victim);
    return !(await opens(connection, { protocol: PROTOCOL, count: 12, should: !should }));
  },
  async streamsPerProtocol({ limit, should }) {
    const [victim, sender] = [await start(1, limit), await start(2)];
    await dial(sender, victim);
    await gossipStream(sender, victim);
    const connection = await dial(sender, victim);
    return !(await opens(connection, { protocol: GOSSIP, count: 6, should: !should }));
  },
  async streamWindowBytes({ limit, should }) {
    const [victim, sender] = [await start(1, limit), await start(2)];
    await victim.handle(PROTOCOL, (stream) => stream.addEventListener('message', () => {}));
    const stream = await (await dial(sender, victim)).newStream(PROTOCOL);
    let sent = 0;
    const grows = (): boolean => {
      if (++sent < 64) stream.send(new Uint8Array(1024 * 1024));
      return (stream as unknown as { sendWindowCapacity: number }).sendWindowCapacity > 256 * 1024;
    };
    return !(await comesAbout(grows, !should));
  },
  async identifyBytes({ limit, should }) {
    const [victim, sender] = [await start(1, limit), await start(2)];
    await dial(sender, victim);
    const isKnown = async (): Promise<boolean> => {
      const known = await victim.peerStore.get(sender.peerId).catch(() => null);
      return known?.metadata.get('AgentVersion') !== undefined;
    };
    return !(await comesAbout(isKnown, !should));
  },
  async identifyMilliseconds({ limit, should }) {
    const [victim, sender] = [await start(1, limit), await start(2)];
    let closed = false;
    await sender.unhandle('/ipfs/id/1.0.0');
    await sender.handle('/ipfs/id/1.0.0', (stream) => stream.addEventListener('close', () => (closed = true)));
    await dial(sender, victim);
    return comesAbout(() => closed, should);
  },
  gossipFrameBytes: (trial) =>
    ignores(trial, () => frame({ messages: [{ topic: TOPIC, data: new Uint8Array(4096) }] })),
  async gossipOutboundBufferBytes({ limit, should }) {
    const [victim, reader] = [await start(1, limit), await start(2)];
    const connection = await dial(reader, victim);
    // Nothing is sent to who is not known to have subscribed.
    await eventually(() => expect(victim.services.pubsub.getSubscribers(TOPIC)).toHaveLength(1));
    await eventually(() =>
      expect(
        connection.streams.some(
          ({ protocol, direction }) => protocol.startsWith('/meshsub') && direction === 'inbound',
        ),
      ).toBe(true),
    );
    for (const stream of connection.streams) if (stream.direction === 'inbound') stream.pause();
    const publish = (fill: number) => victim.services.pubsub.publish(TOPIC, new Uint8Array(60_000).fill(fill));
    expect((await publish(0)).recipients).toHaveLength(1);
    for (let i = 1; i < 60; i++) await publish(i);
    const isCutOff = (): boolean =>
      !victim
        .getConnections()
        .flatMap(({ streams }) => streams)
        .some(
          ({ protocol, direction, status }) =>
            protocol.startsWith('/meshsub') && direction === 'outbound' && status === 'open',
        );
    return comesAbout(isCutOff, should);
  },
  async topicBytesPerPeer({ limit, should }) {
    const [victim, sender] = [await start(1, limit), await start(2)];
    await dial(sender, victim);
    return !(await comesAbout(() => victim.services.pubsub.getSubscribers(TOPIC).length > 0, !should));
  },
  gossipSubscriptions: (trial) =>
    ignores(trial, (one) =>
      frame({ messages: [one], subscriptions: many(4, (i) => ({ subscribe: true, topic: `t${i}` })) }),
    ),
  gossipMessages: (trial) => ignores(trial, (one) => frame({ messages: many(4, () => one) })),
  gossipMessageIds: (trial) =>
    ignores(trial, (one) => control({ iwant: [{ messageIDs: many(4, (i) => Uint8Array.of(i)) }] }, [one])),
  gossipControlMessages: (trial) =>
    ignores(trial, (one) => control({ graft: many(4, () => ({ topicID: TOPIC })) }, [one])),
  gossipPeerInfos: (trial) =>
    ignores(trial, (one) =>
      control({ prune: [{ topicID: TOPIC, peers: many(2, () => ({ peerID: Uint8Array.of(1) })), backoff: 1 }] }, [one]),
    ),
  async seenMilliseconds({ limit, should }) {
    const [victim, sender] = [await start(1, limit), await start(2)];
    let judged = 0;
    victim.services.pubsub.topicValidators.set(TOPIC, () => {
      judged += 1;
      return 'ignore' as never;
    });
    await dial(sender, victim);
    const stream = await gossipStream(sender, victim);
    const isJudgedAgain = (): boolean => {
      stream.send(frame({ messages: [{ topic: TOPIC, data: Uint8Array.of(7) }] }));
      return judged > 1;
    };
    return comesAbout(isJudgedAgain, should, 200);
  },
};

/** What each limit is set to: low enough for what its test does. */
const LOW: Limits = {
  ...LIMITS,
  maximumConnections: 1,
  inboundConnectionsPerSecond: 1,
  maximumPendingConnections: 1,
  inboundUpgradeMilliseconds: 200,
  dialMilliseconds: 200,
  parallelDials: 1,
  dialQueueLength: 1,
  addressesPerPeer: 1,
  streamsPerConnection: 4,
  streamsPerProtocol: 2,
  streamWindowBytes: 256 * 1024,
  identifyBytes: 32,
  identifyMilliseconds: 200,
  gossipFrameBytes: 1024,
  gossipOutboundBufferBytes: 64 * 1024,
  topicBytesPerPeer: 4,
  gossipSubscriptions: 1,
  gossipMessages: 1,
  gossipMessageIds: 1,
  gossipControlMessages: 1,
  gossipPeerInfos: 0,
  seenMilliseconds: 50,
};

test.each(Object.keys(bites) as Here[])('%s bites', async (name) => {
  expect(await bites[name]({ limit: { [name]: LOW[name] }, should: true })).toBe(true);
  await Promise.all(nodes.splice(0).map(async (node) => node.stop()));
  // Where nothing at all is allowed there is no usual case to compare with but a larger limit.
  const control = name === 'gossipPeerInfos' ? { gossipPeerInfos: 16 } : {};
  expect(await bites[name]({ limit: control, should: false })).toBe(false);
});
