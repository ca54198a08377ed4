import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { subset } from '../../src/data/dataset.ts';
import { readWdbc } from '../../src/data/read-wdbc.ts';
import { commitToRecords, proveRecord, verifyRecord } from '../../src/peer/data-commitment.ts';

const KEY: Hex = `0x${'5a'.repeat(32)}`;
const wdbc = await readWdbc();
const part = (from: number, to: number): Dataset =>
  subset(
    wdbc,
    Array.from({ length: to - from }, (_, i) => from + i),
  );
const data = { training: part(0, 30), heldOut: part(30, 37) };
const commitment = commitToRecords(KEY, data);

describe('the commitment to a member’s data', () => {
  test('is proved record by record, and for no other place', () => {
    fc.assert(
      fc.property(fc.nat(36), fc.nat(36), (index, other) => {
        const proof = proveRecord(KEY, data, index);
        expect(verifyRecord(commitment, proof)).toBe(true);
        if (other !== index) expect(verifyRecord(commitment, { ...proof, index: other })).toBe(false);
      }),
      { seed: 3 },
    );
  });

  test.each(['record', 'salt'] as const)('is not proved with one bit of the %s changed', (field) => {
    const proof = proveRecord(KEY, data, 4);
    const bytes = proof[field].slice();
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    expect(verifyRecord(commitment, { ...proof, [field]: bytes })).toBe(false);
  });

  test('changes with every record, its label, the part it is in, and the key', () => {
    const relabelled = {
      ...data.training,
      labels: data.training.labels.map((label, i) => (i === 7 ? 1 - label : label)),
    };
    const others = [
      commitToRecords(KEY, { ...data, training: part(1, 31) }),
      commitToRecords(KEY, { ...data, training: relabelled }),
      commitToRecords(KEY, { training: part(0, 29), heldOut: part(29, 37) }),
      commitToRecords(`0x${'5b'.repeat(32)}`, data),
    ];
    // The cut between the parts is not committed to: the records and their order are.
    expect(others.map((other) => other === commitment)).toEqual([false, false, true, false]);
  });

  test('tells nothing to somebody with the true data and no key', () => {
    const guesses = Array.from({ length: 500 }, (_, i): Hex => `0x${i.toString(16).padStart(64, '0')}`);
    expect(guesses.filter((key) => commitToRecords(key, data) === commitment)).toEqual([]);
    // The control: with the key it is told at once.
    expect(commitToRecords(KEY, data)).toBe(commitment);
  });

  test('gives no salt of another record away', () => {
    const salts = Array.from({ length: 37 }, (_, i) => Buffer.from(proveRecord(KEY, data, i).salt).toString('hex'));
    expect(new Set(salts).size).toBe(37);
  });
});
