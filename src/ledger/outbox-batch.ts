import type { OutboxItem } from './outbox-item.ts';

/**
 * The contract keeps the commitments of four rounds for each account: of five contributions in a row the last would take the place of
 * scores that are not yet revealed.
 */
const MAXIMUM_CONTRIBUTIONS = 4;
/** Scores for 64 participants are eight words: this many valuations fit into any block. */
const MAXIMUM_VALUATIONS = 16;

/**
 * What goes into the next transaction when there is a backlog: items of one kind.
 * @param unsent in the order in which they were added: a valuation comes after the contribution that committed to it
 */
export function nextBatch(unsent: readonly OutboxItem[]): OutboxItem[] {
  const [first] = unsent;
  if (first === undefined) return [];
  if (first.kind === 'valuation') return leading(unsent, 'valuation').slice(0, MAXIMUM_VALUATIONS);
  // Valuations in between wait for the transaction after this one; they are then the first.
  return unsent.filter(({ kind }) => kind === 'contribution').slice(0, MAXIMUM_CONTRIBUTIONS);
}

function leading(items: readonly OutboxItem[], kind: OutboxItem['kind']): OutboxItem[] {
  const end = items.findIndex((item) => item.kind !== kind);
  return end < 0 ? [...items] : items.slice(0, end);
}
