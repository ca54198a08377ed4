import type { LedgerEntry } from './ledger-entry.ts';
import type { Manifest } from './manifest.ts';
import { type Participant, participantsIn } from './participants.ts';

/**
 * What became of a member's training contribution of one round. `notExpected`: it took no part in that round and recorded nothing;
 * `missed`: it was expected and recorded nothing; `late`: it recorded it after a quorum of the others had recorded a later round.
 */
export type RoundPart = 'notExpected' | 'missed' | 'contributed' | 'late';

/** A member's part in a study: each training round of the manifest has exactly one state. */
export interface Participation {
  readonly participant: Participant;
  readonly rounds: readonly RoundPart[];
}

/** Who took part in which training round, in order of position, by the log alone. */
export function participation(
  entries: readonly LedgerEntry[],
  { rounds, waiting }: { readonly rounds: number; readonly waiting: Pick<Manifest['waiting'], 'quorum'> },
): Participation[] {
  const members = participantsIn(entries).map((participant) => trackMember(entries, participant, rounds));
  const partOf = (member: Track, round: number): RoundPart => {
    const place = member.places.get(round);
    if (place === undefined) return isExpected(member, round) ? 'missed' : 'notExpected';
    const others = members.filter((other) => other !== member && isExpected(other, round + 1));
    const ahead = others.filter((other) => (other.passed[round] ?? Infinity) < place).length;
    return ahead >= Math.max(1, Math.ceil(waiting.quorum * others.length)) ? 'late' : 'contributed';
  };
  return members.map((member) => ({
    participant: member.participant,
    rounds: Array.from({ length: rounds }, (_, round) => partOf(member, round)),
  }));
}

interface Track {
  readonly participant: Participant;
  readonly spans: readonly Span[];
  /** The sequence numbers of its contributions, by round. */
  readonly places: ReadonlyMap<number, number>;
  /** By round: the sequence number of its first contribution of a later round. */
  readonly passed: readonly number[];
}

/** Rounds from the first to the one before the end. */
interface Span {
  readonly from: number;
  readonly end: number;
}

function trackMember(entries: readonly LedgerEntry[], participant: Participant, rounds: number): Track {
  const places = new Map<number, number>();
  for (const { kind, record, sequence } of entries) {
    if (kind === 'contribution' && participant.accounts.includes(record.member)) places.set(record.round, sequence);
  }
  const passed = Array.from({ length: rounds + 1 }, () => Infinity);
  for (let round = rounds - 1; round >= 0; round--) {
    passed[round] = Math.min(passed[round + 1] ?? Infinity, places.get(round + 1) ?? Infinity);
  }
  return { participant, spans: spansOf(entries, participant), places, passed };
}

/** A new key that joins without an interruption goes on with the span of the old one. */
function spansOf(entries: readonly LedgerEntry[], { accounts }: Participant): Span[] {
  const spans: Span[] = [];
  for (const { kind, record } of entries) {
    const open = spans.at(-1)?.end === Infinity;
    if (kind === 'joined' && accounts.includes(record.member) && !open) {
      spans.push({ from: record.firstRound, end: Infinity });
    }
    if ((kind !== 'withdrawn' && kind !== 'excluded') || !open || !accounts.includes(record.member)) continue;
    spans.push({ from: spans.pop()?.from ?? 0, end: record.endRound });
  }
  return spans;
}

const isExpected = ({ spans }: Track, round: number): boolean =>
  spans.some(({ from, end }) => from <= round && round < end);
