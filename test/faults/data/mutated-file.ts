import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import type { FuzzedFormat } from './fuzzed-formats.ts';
import { MIN_MUTATED_BYTES, pick } from './mutators.ts';

/** A damaged file of a format, the same for the same name. @param sound the format's files to start from */
export function mutatedFile({ name, mutators }: FuzzedFormat, sound: readonly Buffer[], file: string): Buffer {
  const random = createSeededRandom(file, name);
  let bytes = pick(sound, random);
  for (let times = random.integer(3) === 0 ? 2 : 1; times > 0 && bytes.length >= MIN_MUTATED_BYTES; times--) {
    bytes = pick(mutators, random)(bytes, random, pick(sound, random));
  }
  return bytes;
}
