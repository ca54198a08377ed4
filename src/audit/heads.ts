import { fromHex, type Hex, toHex } from '../base/bytes.ts';

const HEAD_BYTES = 32;

/** The heads of a log by the number of entries that lead to them, in 32 bytes each. */
export interface Heads {
  add(head: Hex): void;
  /** Null beyond the last one. */
  at(count: number): Hex | null;
}

export function createHeads(): Heads {
  let [bytes, count] = [new Uint8Array(1024 * HEAD_BYTES), 0];
  return {
    add: (head) => {
      if ((count + 1) * HEAD_BYTES > bytes.length) {
        const larger = new Uint8Array(2 * bytes.length);
        larger.set(bytes);
        bytes = larger;
      }
      bytes.set(fromHex(head), count * HEAD_BYTES);
      count += 1;
    },
    at: (index) => (index < count ? toHex(bytes.subarray(index * HEAD_BYTES, (index + 1) * HEAD_BYTES)) : null),
  };
}
