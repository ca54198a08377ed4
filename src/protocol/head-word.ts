import type { Hex } from '../base/bytes.ts';

/**
 * The head of a study's log: 27 bytes of a running hash, one byte of state, four bytes that count the entries. It names its own place,
 * so two different heads with one count are two different histories.
 */

export type HeadState = 'none' | 'open' | 'closed';

const STATES: readonly HeadState[] = ['none', 'open', 'closed'];
/** Where state and count begin in the hexadecimal text. */
const STATE_AT = 2 + 2 * 27;
const COUNT_AT = STATE_AT + 2;

export function packHead(hash: Hex, state: HeadState, count: number): Hex {
  const tail = Buffer.alloc(5);
  tail.writeUInt8(STATES.indexOf(state), 0);
  tail.writeUInt32BE(count, 1);
  return `${hash.slice(0, STATE_AT)}${tail.toString('hex')}` as Hex;
}

/** How many entries lead to the head. */
export function headCount(head: Hex): number {
  return Number.parseInt(head.slice(COUNT_AT), 16);
}

/** Whether the log can grow; `none` for the head of a study that was never opened. */
export function headState(head: Hex): HeadState {
  return STATES[Number.parseInt(head.slice(STATE_AT, COUNT_AT), 16)] ?? 'none';
}
