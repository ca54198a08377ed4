import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createNode, type Node } from '../../src/gossip/create-node.ts';
import { createForwardingWatch } from '../../src/gossip/forwarding-watch.ts';
import { digest, memberKey } from '../builders.ts';
import { eventually } from '../eventually.ts';

const SETTLED_MILLISECONDS = 10_000;
const RECORDS = ['a', 'b', 'c', 'd', 'e'].map(digest);

/** A watch that has known some records for so long. */
function knowing(milliseconds: number) {
  let now = 1_000_000;
  const watch = createForwardingWatch({ now: () => now });
  watch.note('somebody', { known: RECORDS, handed: new Set(RECORDS) });
  now += milliseconds;
  return watch;
}

describe('an answer', () => {
  test('that lacks what this peer has had for a while counts against who gave it, and against nobody else', () => {
    const watch = knowing(SETTLED_MILLISECONDS);
    watch.note('silent', { known: RECORDS, handed: new Set() });
    expect(watch.scoreOf('silent')).toBe(-100);
    expect(watch.scoreOf('somebody')).toBe(0);
  });

  test('that lacks what this peer has only just got counts for nothing', () => {
    const watch = knowing(SETTLED_MILLISECONDS - 1);
    watch.note('quiet', { known: RECORDS, handed: new Set() });
    expect(watch.scoreOf('quiet')).toBe(0);
  });

  test('that has it all, or is about a round of which nothing is known, leaves no mark', () => {
    const watch = knowing(SETTLED_MILLISECONDS);
    watch.note('honest', { known: RECORDS, handed: new Set(RECORDS) });
    watch.note('idle', { known: [], handed: new Set() });
    expect([watch.scoreOf('honest'), watch.scoreOf('idle')]).toEqual([0, 0]);
  });

  test('that is full again makes up for those that were not', () => {
    const watch = knowing(SETTLED_MILLISECONDS);
    for (let i = 0; i < 5; i++) watch.note('back', { known: RECORDS, handed: new Set() });
    for (let i = 0; i < 10; i++) watch.note('back', { known: RECORDS, handed: new Set(RECORDS) });
    expect(watch.scoreOf('back')).toBe(0);
  });
});

describe('gossip', () => {
  const TOPIC = '/consilium/test';
  const nodes: Node[] = [];
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map(async (node) => node.stop()));
  });

  test.each([
    [0, true],
    [-79, true],
    [-81, false],
  ])('of a member with a score of %i is listened to: %s', async (score, heard) => {
    let scoreNow = 0;
    const start = async (n: number, scoreOf: () => number): Promise<Node> => {
      const common = { privateKey: memberKey(n), listen: ['/ip4/127.0.0.1/tcp/0'], topics: [TOPIC] };
      const node = await createNode({ ...common, isMember: () => true, scoreOf });
      nodes.push(node);
      await node.start();
      node.services.pubsub.subscribe(TOPIC);
      return node;
    };
    const listener = await start(1, () => scoreNow);
    const speaker = await start(2, () => 0);
    const words = new Set<number>();
    listener.services.pubsub.addEventListener('gossipsub:message', ({ detail }) => words.add(detail.msg.data[0] ?? 0));
    await speaker.dial(listener.getMultiaddrs());
    let word = 0;
    await eventually(async () => {
      await speaker.services.pubsub.publish(TOPIC, Uint8Array.of(++word)); // gossip never sends a message twice
      expect(words).not.toEqual(new Set());
    });
    scoreNow = score;
    await systemClock.wait(1_500); // gossipsub looks at its scores once a second
    await speaker.services.pubsub.publish(TOPIC, Uint8Array.of(255));
    if (heard) await eventually(() => expect(words).toContain(255));
    else await systemClock.wait(500);
    expect(words.has(255)).toBe(heard);
  });
});
