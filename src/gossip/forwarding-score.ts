/**
 * Whether a member passes on what it has. Gossipsub's own count of deliveries cannot tell: publishers tell everybody at once, and peers
 * ask not to be told twice, so that an honest member of a small network delivers nothing and a silent one looks like it. What can be
 * seen is the answer to a question: whoever waits for a round asks every other for its records. A record that this peer
 * has had for a while, and that the other's answer lacks, is one that the other does not pass on.
 */
export interface ForwardingCounters {
  /** Records that answers should have held; older questions count less. */
  readonly expected: number;
  /** Those of them that they did hold. */
  readonly handed: number;
}

export const NO_ANSWERS: ForwardingCounters = { expected: 0, handed: 0 };

/** What one question leaves of the questions before it. */
const DECAY = 0.9;
/** So many records have to be expected before anything is held against a member. */
export const ACTIVATION_RECORDS = 4;
/** Below this share of what was expected a member has a bad score. */
const EXPECTED_SHARE = 0.5;
/** Of a member that hands over nothing: below gossipsub's threshold (-80) under which it is not listened to. */
const WORST_SCORE = -100;

/** The counters after one more answer. @param answer `handed` is at most `expected` */
export function withAnswer(before: ForwardingCounters, answer: ForwardingCounters): ForwardingCounters {
  if (answer.expected === 0) return before; // a question about nothing tells nothing, and must not wash anything off
  return { expected: DECAY * before.expected + answer.expected, handed: DECAY * before.handed + answer.handed };
}

/** 0 for a member that passes on, or of which too little is known; down to -100 for one that passes on nothing. */
export function forwardingScore({ expected, handed }: ForwardingCounters): number {
  if (expected < ACTIVATION_RECORDS) return 0;
  const lacking = Math.max(0, EXPECTED_SHARE - handed / expected) / EXPECTED_SHARE;
  return lacking === 0 ? 0 : WORST_SCORE * lacking;
}
