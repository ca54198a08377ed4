import { randomFillSync } from 'node:crypto';

/** Unpredictable numbers from the operating system's generator. It has no seed and no state that could be kept or repeated. */
export interface SecureRandom {
  /** Uniform integer in [0, bound), without modulo bias. @param bound at most 2^53 */
  integer(bound: number): number;
}

/** Words drawn at once: a call of the generator costs as much as some hundred words. */
const BUFFER_WORDS = 4096;
const WORD = 2 ** 32;

/**
 * Each call makes a buffer of its own, which nothing else reads, and overwrites what was used: what was drawn for one
 * process, thread or owner is never drawn again for another.
 * @param fill fills an array with random bits; a parameter only so that a test can count what is drawn
 */
export function createSecureRandom(fill: (words: Uint32Array) => void = randomFillSync): SecureRandom {
  const words = new Uint32Array(BUFFER_WORDS);
  let next = BUFFER_WORDS;

  const word = (): number => {
    if (next === BUFFER_WORDS) {
      fill(words);
      next = 0;
    }
    const value = words[next] as number;
    words[next++] = 0;
    return value;
  };

  const below = (bound: number, range: number, draw: () => number): number => {
    const limit = range - (range % bound);
    for (;;) {
      const value = draw();
      if (value < limit) return value % bound;
    }
  };
  const wide = (): number => (word() >>> 11) * WORD + word();

  return { integer: (bound) => (bound <= WORD ? below(bound, WORD, word) : below(bound, 2 ** 53, wide)) };
}
