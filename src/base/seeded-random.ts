import { createHash } from 'node:crypto';

/** A reproducible stream of pseudo-random numbers: same seed and label, same numbers, on every machine. Not for secrets. */
export interface SeededRandom {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform integer in [0, bound), without modulo bias. @throws RangeError for a bound that is not 1 to 2^32 */
  integer(bound: number): number;
  /** Fisher–Yates shuffle of `items`, in place; returns `items`. */
  shuffle<T>(items: T[]): T[];
  /** An independent stream, named by `label`. */
  fork(label: string): SeededRandom;
}

/** SHA-256 in counter mode over `seed` and `label`; slow beside a toy generator, but portable and free of structure. */
export function createSeededRandom(seed: Uint8Array | string | number, label = ''): SeededRandom {
  const seedBytes = typeof seed === 'number' ? Buffer.from(`#${seed}`) : Buffer.from(seed);
  const key = createHash('sha256')
    .update('consilium/random/1\0')
    .update(`${seedBytes.length}\0`)
    .update(seedBytes)
    .update(label)
    .digest();
  const counter = Buffer.alloc(4);
  let block = Buffer.alloc(0);
  let offset = 0;
  let blocks = 0;

  const nextUint32 = (): number => {
    if (offset >= block.length) {
      counter.writeUInt32BE(blocks++);
      block = createHash('sha256').update(key).update(counter).digest();
      offset = 0;
    }
    const value = block.readUInt32BE(offset);
    offset += 4;
    return value;
  };

  const integer = (bound: number): number => {
    if (!(bound >= 1 && bound <= 2 ** 32)) throw new RangeError(`nothing below ${bound} can be drawn: give 1 to 2^32`);
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const value = nextUint32();
      if (value < limit) return value % bound;
    }
  };

  return {
    next: () => nextUint32() / 2 ** 32,
    integer,
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const held = items[i] as (typeof items)[number];
        items[i] = items[j] as (typeof items)[number];
        items[j] = held;
      }
      return items;
    },
    fork: (forkLabel) => createSeededRandom(key, forkLabel),
  };
}
