import type { Hex } from '../base/bytes.ts';

/**
 * The head of a study's log: 27 bytes of a running hash, one byte of state, four bytes that count the entries. It names its own place,
 * so two different heads with one count are two different histories.
 */

/** State 0 is that of a study that was never opened. */
const STATE_NUMBER = { open: 1, closed: 2 } as const;
/** Where state and count begin in the hexadecimal text. */
const STATE_AT = 2 + 2 * 27;
const COUNT_AT = STATE_AT + 2;

export function packHead(hash: Hex, state: keyof typeof STATE_NUMBER, count: number): Hex {
  const tail = `${STATE_NUMBER[state].toString(16).padStart(2, '0')}${count.toString(16).padStart(8, '0')}`;
  return `${hash.slice(0, STATE_AT)}${tail}` as Hex;
}

/** How many entries lead to the head. */
export function headCount(head: Hex): number {
  return Number.parseInt(head.slice(COUNT_AT), 16);
}
