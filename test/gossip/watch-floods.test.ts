import { RPC } from '@chainsafe/libp2p-gossipsub/message';
import * as varint from 'uint8-varint';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createNode, type Node } from '../../src/gossip/create-node.ts';
import { LIMITS } from '../../src/gossip/limits.ts';
import type { Offence } from '../../src/gossip/offences.ts';
import { watchFloods } from '../../src/gossip/watch-floods.ts';
import { memberAccount, memberKey } from '../builders.ts';
import { eventually } from '../eventually.ts';

const TOPIC = '/consilium/test';
const FRAME_BYTES = 200 * 1024;
const FRAMES_ALLOWED = Math.floor(LIMITS.gossipBytesPerSecond / FRAME_BYTES) - 1;

const nodes: Node[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map(async (node) => node.stop()));
});

async function start(n: number): Promise<Node> {
  const node = await createNode({
    privateKey: memberKey(n),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    topics: [TOPIC],
    isMember: () => true,
  });
  nodes.push(node);
  await node.start();
  node.services.pubsub.subscribe(TOPIC);
  return node;
}

/** A frame of gossip that gossipsub reads and throws away: its message is of a topic that there is not. */
const frame = (i: number): Uint8Array => {
  const messages = [{ topic: 'none', data: new Uint8Array(FRAME_BYTES).fill(i) }];
  const bytes = RPC.encode({ subscriptions: [], messages });
  return Buffer.concat([varint.encode(bytes.length), bytes]);
};

test.each([
  ['in one second is a flood', 0, ['gossip-flood']],
  ['in two seconds is none', 1_001, []],
])('more gossip than gossipBytesPerSecond %s', async (_what, pauseMilliseconds, offences) => {
  const [victim, sender] = [await start(1), await start(2)];
  const noted: [string, Offence][] = [];
  let now = 1_000_000;
  let received = 0;
  const stop = watchFloods({
    node: victim,
    clock: { now: () => now },
    offences: { note: (account, offence) => void noted.push([account, offence]), isBanned: () => false },
  });
  const connection = await sender.dial(victim.getMultiaddrs());
  const opened = (): (typeof connection.streams)[number][] =>
    victim.getConnections().flatMap(({ streams }) => streams.filter(({ protocol }) => protocol.startsWith('/meshsub')));
  const stream = await connection.newStream('/meshsub/1.2.0');
  await eventually(() => expect(opened().length).toBeGreaterThan(1));
  for (const each of opened()) each.addEventListener('message', ({ data }) => (received += data.byteLength));
  await systemClock.wait(1_000); // new streams are looked for four times a second
  const send = async (frames: number): Promise<void> => {
    const expected = received + frames * FRAME_BYTES;
    for (let i = 0; i < frames; i++) {
      if (!stream.send(frame(i))) await eventually(() => expect(stream.writableNeedsDrain).toBe(false));
    }
    await eventually(() => expect(received).toBeGreaterThanOrEqual(expected));
  };
  await send(FRAMES_ALLOWED);
  expect(noted).toEqual([]);
  now += pauseMilliseconds;
  await send(4);
  stop();
  expect([...new Set(noted.map(([account, offence]) => `${account} ${offence}`))]).toEqual(
    offences.map((offence) => `${memberAccount(2)} ${offence}`),
  );
});
