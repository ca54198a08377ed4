import { expect, test } from 'vitest';
import { sha256, toHex } from '../../src/base/bytes.ts';
import type { Architecture } from '../../src/model/architecture.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';

const architecture: Architecture = { kind: 'mlp', inputs: 30, hidden: [16], classes: 2 };

test('initial parameters are the same bits on every machine', () => {
  const digest = toHex(sha256(new Uint8Array(initialParameters(architecture, 'recorded').buffer)));
  expect(digest).toBe('0x29a22b32808ccd11a11638188fa4d6d94f1e83296ea59cf5db8791e7f8649bf0');
});

test('weights are uniform within the Glorot limit and biases are zero', () => {
  const parameters = initialParameters(architecture, 'uniform');
  const limit = Math.fround(Math.sqrt(6 / 46));
  const weights = parameters.subarray(0, 480);
  expect(weights.every((weight) => Math.abs(weight) <= limit)).toBe(true);
  expect(weights.filter((weight) => Math.abs(weight) > limit / 2).length).toBeGreaterThan(200);
  expect(parameters.subarray(480, 496).every((bias) => bias === 0)).toBe(true);
});

test('another seed gives other parameters', () => {
  expect(initialParameters(architecture, 'one')).not.toEqual(initialParameters(architecture, 'two'));
});
