import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import {
  type Codec,
  type CodecTerms,
  codecSchema,
  decodeUpdateSegment,
  encodedLength,
  encodeUpdateSegment,
} from '../../src/protocol/segment-codec.ts';

const FLOAT16: Codec = { name: 'float16' };
const INT8: Codec = { name: 'int8', blockLength: 16 };
const TOP: Codec = { name: 'top-k', share: 0.25, denseEvery: 4 };
const CODECS: Codec[] = [{ name: 'float32' }, FLOAT16, INT8, TOP];
/** A round that is neither dense nor the last. */
const ROUND = 1;
const terms = (codec: Codec): CodecTerms => ({ codec, rounds: 10 });

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const zeros = (length: number): Float32Array => new Float32Array(length);

function encode(
  codec: Codec,
  parameters: Float32Array,
  residual: Float32Array | null = null,
  base = zeros(parameters.length),
) {
  return encodeUpdateSegment(terms(codec), ROUND, { parameters, base, residual });
}
const decode = (codec: Codec, bytes: Uint8Array, base: Float32Array) =>
  decodeUpdateSegment(terms(codec), ROUND, { bytes, length: base.length, base });

describe('float16', () => {
  test.each([
    [1, '003c'],
    [-2, '00c0'],
    [0, '0000'],
    [-0, '0080'],
    [65_504, 'ff7b'],
    [65_519.996, 'ff7b'],
    [65_520, 'ff7b'], // would be infinity
    [1e30, 'ff7b'],
    [2 ** -14, '0004'],
    [2 ** -24, '0100'],
    [2 ** -25, '0000'], // a tie, to even
    [3 * 2 ** -25, '0200'], // a tie, to even
    [2 ** -25 * 1.01, '0100'],
    [1 + 2 ** -11, '003c'], // a tie, to even
    [1 + 3 * 2 ** -11, '023c'], // a tie, to even
    [Number.POSITIVE_INFINITY, '007c'],
    [Number.NaN, '007e'],
  ])('writes %d as %s', (value, expected) => {
    expect(hex(encode(FLOAT16, Float32Array.of(value)).bytes)).toBe(expected);
  });

  test('reads every pattern as its number, and writes that number as the pattern', () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const finite = all.filter((half) => ((half >> 10) & 31) !== 31);
    const bytes = new Uint8Array(finite.buffer);
    const values = decode(FLOAT16, bytes, zeros(finite.length)) as Float32Array;
    expect(hex(encode(FLOAT16, values).bytes)).toBe(hex(bytes));
  });
});

describe('int8', () => {
  test('scales each block by its largest magnitude, and rounds to the nearest', () => {
    const { bytes } = encode(INT8, Float32Array.of(127, -127, 63.4, 0.5, 1.5, ...zeros(11), 2));
    const blocks = new DataView(bytes.buffer);
    expect(blocks.getFloat32(0, true)).toBe(1);
    expect([...new Int8Array(bytes.buffer, 4, 5)]).toEqual([127, -127, 63, 0, 2]); // ties to even
    expect(blocks.getFloat32(20, true)).toBe(Math.fround(2 / 127));
    expect(blocks.getInt8(24)).toBe(127);
  });

  test.each([
    ['a negative scale', -1, 0],
    ['negative zero', -0, 0],
    ['NaN', Number.NaN, 0],
    ['infinity', Number.POSITIVE_INFINITY, 0],
    ['-128', 1, -128],
    ['a number under a scale of zero', 0, 1],
  ])('refuses %s', (_what, scale, number) => {
    const bytes = new Uint8Array(5);
    new DataView(bytes.buffer).setFloat32(0, scale, true);
    new DataView(bytes.buffer).setInt8(4, number);
    expect(decode(INT8, bytes, zeros(1))).toBeNull();
  });

  test('marks a block with a number that is not finite, so that it is refused', () => {
    expect(decode(INT8, encode(INT8, Float32Array.of(1, Number.NaN)).bytes, zeros(2))).toBeNull();
  });
});

describe('top-k', () => {
  test('sends the largest differences by index; of equal ones the first', () => {
    const { bytes, residual } = encode(TOP, Float32Array.of(1, -3, 3, 0.5, 3, 2, 0, 0));
    expect([...new Uint32Array(bytes.buffer.slice(0, 8))]).toEqual([1, 2]);
    expect([...new Float32Array(bytes.buffer.slice(8))]).toEqual([-3, 3]);
    expect([...(residual ?? [])]).toEqual([1, 0, 0, 0.5, 3, 2, 0, 0]);
  });

  test("adds them to the reader's base, whatever the writer's was", () => {
    const { bytes } = encode(TOP, Float32Array.of(5, 5, 9, 5), null, Float32Array.of(5, 5, 5, 5));
    expect([...(decode(TOP, bytes, Float32Array.of(1, 1, 1, 1)) ?? [])]).toEqual([1, 1, 5, 1]);
  });

  test.each([
    ['do not ascend', [2, 1]],
    ['are twice the same', [1, 1]],
    ['are out of range', [1, 8]],
  ])('refuses indices that %s', (_what, indices) => {
    const bytes = new Uint8Array([...new Uint8Array(Uint32Array.from(indices).buffer), ...new Uint8Array(8)]);
    expect(decode(TOP, bytes, zeros(8))).toBeNull();
    expect(decode(TOP, new Uint8Array([1, 0, 0, 0, 7, 0, 0, 0, ...new Uint8Array(8)]), zeros(8))).not.toBeNull(); // the control
  });

  test('sends everything in its dense rounds and in the last one', () => {
    const lengths = Array.from({ length: 10 }, (_, round) => encodedLength(terms(TOP), round, 100));
    expect(lengths).toEqual([400, 200, 200, 200, 400, 200, 200, 200, 400, 400]);
  });
});

describe('the fast ways come to the same as the plain ones', () => {
  const bits = fc.uint32Array({ minLength: 1, maxLength: 60 }).map((words) => new Float32Array(words.slice().buffer));
  const numbers = bits.map((values) => values.map((value) => (Number.isFinite(value) ? value : 1)));

  test('top-k chooses as sorting does, whatever the magnitudes and ties', () => {
    const tied = fc.array(fc.constantFrom(0, -0, 1, -1, 2, 2 ** -149, 3e38), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        fc.oneof(
          numbers,
          tied.map((values) => Float32Array.from(values)),
        ),
        (parameters) => {
          const order = [...parameters.keys()].toSorted(
            (a, b) => Math.abs(parameters[b] ?? 0) - Math.abs(parameters[a] ?? 0) || a - b,
          );
          const count = Math.ceil(0.25 * parameters.length);
          const { bytes } = encode(TOP, parameters);
          const indices = [...new Uint32Array(bytes.slice(0, 4 * count).buffer)];
          expect(indices).toEqual(order.slice(0, count).toSorted((a, b) => a - b));
        },
      ),
      { seed: 22, numRuns: 500 },
    );
  });

  test('int8 rounds as a division, a floor and a look at the rest do', () => {
    fc.assert(
      fc.property(numbers, (parameters) => {
        const { bytes } = encode({ name: 'int8', blockLength: 64 }, parameters);
        const scale = Math.fround(Math.max(...[...parameters].map(Math.abs)) / 127);
        const expected = [...parameters].map((value) => {
          if (scale === 0) return 0;
          const [whole, rest] = [Math.floor(Math.abs(value) / scale), (Math.abs(value) / scale) % 1];
          const up = rest > 0.5 || (rest === 0.5 && whole % 2 === 1);
          return Math.min(127, up ? whole + 1 : whole) * (value < 0 ? -1 : 1) + 0;
        });
        expect([...new Int8Array(bytes.slice(4).buffer)]).toEqual(expected);
      }),
      { seed: 23, numRuns: 500 },
    );
  });
});

test('a dense round sends the parameters as they are, and drops what was left unsaid', () => {
  const parameters = Float32Array.of(1, 2, 3, 4);
  const segment = { parameters, base: zeros(4), residual: Float32Array.of(9, 9, 9, 9) };
  for (const round of [4, 9]) {
    const { bytes, residual } = encodeUpdateSegment(terms(TOP), round, segment);
    expect([...new Float32Array(bytes.slice().buffer)]).toEqual([1, 2, 3, 4]);
    expect(residual).toBeNull();
  }
  expect(encodeUpdateSegment(terms(TOP), ROUND, segment).residual).toEqual(Float32Array.of(10, 11, 12, 0)); // the control
});

describe.each(CODECS)('$name', (codec) => {
  const floats = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });

  test('writes as many bytes as it says, and reads them within its error', () => {
    fc.assert(
      fc.property(fc.array(floats, { minLength: 1, maxLength: 70 }), (numbers) => {
        const parameters = Float32Array.from(numbers);
        const { bytes, residual } = encode(codec, parameters);
        expect(bytes.length).toBe(encodedLength(terms(codec), ROUND, parameters.length));
        const read = decode(codec, bytes, zeros(parameters.length)) as Float32Array;
        const largest = Math.max(...numbers.map(Math.abs));
        for (const [k, value] of parameters.entries()) {
          const error = Math.abs(value - (read[k] ?? 0));
          if (codec.name === 'float32') expect(error).toBe(0);
          if (codec.name === 'float16')
            expect(error).toBeLessThanOrEqual(Math.max(2 ** -25, Math.abs(value) * 2 ** -11));
          if (codec.name === 'int8') expect(error).toBeLessThanOrEqual((largest / 127) * 0.5001 + 2 ** -140);
          if (codec.name === 'int8' || codec.name === 'top-k')
            expect(Math.abs(error - Math.abs(residual?.[k] ?? 0))).toBeLessThan(1e-3);
        }
      }),
      { seed: 21, numRuns: 500 },
    );
  });

  test('never throws at bytes, and takes none of the wrong length', () => {
    const random = createSeededRandom(5, codec.name);
    const { bytes } = encode(
      codec,
      Float32Array.from({ length: 40 }, () => random.next() - 0.5),
    );
    for (let length = 0; length < bytes.length; length++)
      expect(decode(codec, bytes.subarray(0, length), zeros(40))).toBeNull();
    for (let i = 0; i < 2000; i++) {
      const flipped = bytes.slice();
      const at = random.integer(flipped.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.integer(8));
      expect(decode(codec, flipped, zeros(40))?.length ?? 40).toBe(40);
    }
  });

  test('is a codec that a manifest may name', () => {
    expect(codecSchema.parse(codec)).toEqual(codec);
    expect(codecSchema.safeParse({ ...codec, more: 1 }).success).toBe(false);
  });
});

test.each([INT8, TOP])(
  'with error feedback what $name says follows what was meant; without, it drifts away',
  (codec) => {
    const random = createSeededRandom(3, codec.name);
    const steady = Float32Array.from({ length: 64 }, () => 0.01 * (random.next() + 0.1));
    const drift = (feedback: boolean): number => {
      let residual: Float32Array | null = null;
      const off = new Float64Array(64);
      const rounds = 200;
      for (let round = 0; round < rounds; round++) {
        // A large number in each block takes the scale, or the places, from the small ones.
        const parameters = steady.map((value, k) => (k % 16 === round % 16 ? 3 : value));
        const sent = encode(codec, parameters, residual);
        residual = feedback ? sent.residual : null;
        const read = decode(codec, sent.bytes, zeros(64)) as Float32Array;
        for (let k = 0; k < 64; k++) off[k] = (off[k] ?? 0) + (read[k] ?? 0) - (parameters[k] ?? 0);
      }
      return Math.max(...off.map(Math.abs)) / (rounds * 0.01);
    };
    expect(drift(true)).toBeLessThan(0.2);
    expect(drift(false)).toBeGreaterThan(0.3);
  },
);
