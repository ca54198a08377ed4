import { beforeAll, describe, expect, test } from 'vitest';
import type { Evaluation } from '../../src/model/engine.ts';
import type { Codec } from '../../src/protocol/segment-codec.ts';
import { simulateStudy } from './simulated-study.ts';

/** Shares of the test samples that a codec may cost: three of wdbc, seven of digits. */
const TOLERANCE = { wdbc: 0.03, digits: 0.02 };
const ROUNDS = 8;

const CODECS: Codec[] = [
  { name: 'float16' },
  { name: 'int8', blockLength: 256 },
  { name: 'top-k', share: 0.1, denseEvery: 5 },
];

describe.each(['wdbc', 'digits'] as const)('learning from %s, four members, eight rounds, a fixed seed', (dataset) => {
  let plain: Evaluation;
  beforeAll(
    async () => void (plain = await simulateStudy({ dataset, codec: { name: 'float32' }, rounds: ROUNDS })),
    60_000,
  );

  test.each(CODECS)('with $name the model is as good as with float32', { timeout: 60_000 }, async (codec) => {
    const { accuracy } = await simulateStudy({ dataset, codec, rounds: ROUNDS });
    expect(plain.accuracy).toBeGreaterThan(0.93);
    expect(accuracy).toBeGreaterThan((plain.accuracy ?? 1) - TOLERANCE[dataset]);
  });

  test('the control, int8 that keeps the signs of the numbers only, is not', { timeout: 60_000 }, async () => {
    const [, codec] = CODECS as [Codec, Codec];
    const { accuracy } = await simulateStudy({ dataset, codec, rounds: ROUNDS, garble: keepSigns });
    expect(accuracy).toBeLessThan((plain.accuracy ?? 1) - TOLERANCE[dataset]);
  });
});

/** Every number becomes the largest of its block, with its sign. */
function keepSigns(bytes: Uint8Array): Uint8Array {
  const coarse = bytes.slice();
  const numbers = new Int8Array(coarse.buffer);
  for (let start = 0; start < coarse.length; start += 4 + 256) {
    const end = Math.min(coarse.length, start + 4 + 256);
    for (let at = start + 4; at < end; at++) numbers[at] = 127 * Math.sign(numbers[at] ?? 0);
  }
  return coarse;
}
