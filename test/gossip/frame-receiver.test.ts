import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFrameReceiver, type Want } from '../../src/gossip/frame-receiver.ts';
import { STATUS_ABSENT, STATUS_FOUND } from '../../src/gossip/segment-protocol.ts';
import { digest } from '../builders.ts';

const blob = (name: string): Uint8Array => Buffer.from(name);
const want = (name: string, maximumBytes = 1000): Want => ({ digest: digest(name), maximumBytes });

/** A frame as a provider sends it; lengths up to 16,383. */
function frame(length: number, ...rest: (number | Uint8Array)[]): Uint8Array {
  const head = length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
  return Buffer.concat([
    Uint8Array.from(head),
    ...rest.map((part) => (typeof part === 'number' ? [part] : part)).map((part) => Uint8Array.from(part)),
  ]);
}
const found = (name: string): Uint8Array => frame(blob(name).length + 1, STATUS_FOUND, blob(name));
const absent = frame(1, STATUS_ABSENT);

function receiver(...wants: Want[]) {
  const answers: [string, string | null][] = [];
  const made = createFrameReceiver((each, bytes) =>
    answers.push([each.digest, bytes && Buffer.from(bytes).toString()]),
  );
  for (const each of wants) made.expect(each);
  return { take: made.take, answers };
}

describe('answers', () => {
  test('are put together whatever pieces they come in', () => {
    const names = ['a', '', 'long '.repeat(100), 'b'];
    const sent = Buffer.concat([found('a'), absent, found(''), found('long '.repeat(100)), found('b')]);
    fc.assert(
      fc.property(fc.array(fc.nat(sent.length), { maxLength: 20 }), (cuts) => {
        const { take, answers } = receiver(want('a'), want('lost'), ...names.slice(1).map((name) => want(name)));
        const places = [0, ...cuts.toSorted((x, y) => x - y), sent.length];
        for (const [i, place] of places.entries()) take(sent.subarray(place, places[i + 1] ?? sent.length));
        expect(answers).toEqual([
          [digest('a'), 'a'],
          [digest('lost'), null],
          ...names.slice(1).map((name) => [digest(name), name]),
        ]);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test.each([
    ['gossip/wrong-content', 'other bytes', frame(2, STATUS_FOUND, blob('b'))],
    ['gossip/too-long', 'a byte more than was asked for', frame(12, STATUS_FOUND)],
    ['gossip/too-long', 'a length of gigabytes', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['gossip/wrong-frame', 'a length that never ends', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['gossip/wrong-frame', 'an empty frame', Uint8Array.of(0)],
    ['gossip/wrong-frame', 'an unknown status', frame(2, 7, blob('a'))],
    ['gossip/wrong-frame', 'absence with bytes', frame(2, STATUS_ABSENT, blob('a'))],
    ['gossip/wrong-frame', 'an answer too many', Buffer.concat([found('a'), absent])],
  ])('%s: %s', (code, _what, sent) => {
    const { take } = receiver(want('a', 10));
    expect(() => take(sent)).toThrowError(expect.objectContaining({ code }));
  });

  test('of the largest size that was asked for are taken', () => {
    const { take, answers } = receiver(want('a', 1));
    take(found('a'));
    expect(answers).toEqual([[digest('a'), 'a']]);
  });
});
