import type { Hex } from '../base/bytes.ts';
import { type BeginningTerms, firstRoundOfStudy, isLeftOut } from './continuation.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { Manifest } from './manifest.ts';
import { type Participant, participantsIn } from './participants.ts';

/**
 * What became of a member's training contribution of one round. `notJoined`: the round was before its first; `withdrawn`, `excluded`: it
 * had left; `missed`: it was expected and recorded nothing; `late`: it recorded it after a quorum of the others had recorded a later round.
 */
export type RoundPart = 'notJoined' | 'withdrawn' | 'excluded' | 'missed' | 'contributed' | 'late';

/** A member's part in one round, with the place in the log that says so. */
export interface RoundState {
  readonly part: RoundPart;
  /** The account that it had then. */
  readonly account: Hex;
  /** Sequence number of the contribution; of the joining, where it was missed; of the leaving, after it; null before the first round. */
  readonly entry: number | null;
}

/** A member's part in a study: each training round of the manifest has exactly one state. */
export interface Participation {
  readonly participant: Participant;
  readonly rounds: readonly RoundState[];
}

/** Parts of who was expected to contribute. */
export const isExpectedPart = (part: RoundPart): boolean =>
  part === 'missed' || part === 'contributed' || part === 'late';

/** What of a manifest says when somebody is expected, and late. */
export interface ParticipationTerms extends Partial<BeginningTerms> {
  readonly rounds: number;
  readonly waiting: Pick<Manifest['waiting'], 'quorum'>;
}

/** Who took part in which training round, in order of position, by the log alone. */
export function participation(
  entries: readonly LedgerEntry[],
  { rounds, waiting, continues = null }: ParticipationTerms,
): Participation[] {
  const members = participantsIn(entries).map((participant) =>
    trackMember(entries, participant, { rounds, continues }),
  );
  const isLate = (member: Track, round: number, place: number): boolean => {
    const others = members.filter((other) => other !== member && spanAt(other, round + 1) !== undefined);
    const ahead = others.filter((other) => (other.passed[round] ?? Infinity) < place).length;
    return ahead >= Math.max(1, Math.ceil(waiting.quorum * others.length));
  };
  const stateOf = (member: Track, round: number): RoundState => {
    const place = member.places.get(round);
    if (place === undefined) return stateWithoutRecord(member, round);
    return { ...place, part: isLate(member, round, place.entry) ? 'late' : 'contributed' };
  };
  return members.map((member) => ({
    participant: member.participant,
    rounds: Array.from({ length: rounds }, (_, round) => stateOf(member, round)),
  }));
}

interface Track {
  readonly participant: Participant;
  readonly spans: readonly Span[];
  /** Its contributions, by round. */
  readonly places: ReadonlyMap<number, { readonly account: Hex; readonly entry: number }>;
  /** By round: the sequence number of its first contribution of a later round. */
  readonly passed: readonly number[];
}

/** Rounds from the first to the one before the end. */
interface Span {
  readonly from: number;
  readonly end: number;
  /** How it began, and under which keys it went on. */
  readonly joins: readonly { readonly from: number; readonly account: Hex; readonly entry: number }[];
  readonly left: { readonly part: 'withdrawn' | 'excluded'; readonly entry: number } | null;
}

function trackMember(
  entries: readonly LedgerEntry[],
  participant: Participant,
  { rounds, continues }: BeginningTerms & Pick<ParticipationTerms, 'rounds'>,
): Track {
  const places = new Map<number, { account: Hex; entry: number }>();
  for (const { kind, record, sequence } of entries) {
    if (kind !== 'contribution' || !participant.accounts.includes(record.member)) continue;
    places.set(record.round, { account: record.member, entry: sequence });
  }
  const passed = Array.from({ length: rounds + 1 }, () => Infinity);
  for (let round = rounds - 1; round >= 0; round--) {
    passed[round] = Math.min(passed[round + 1] ?? Infinity, places.get(round + 1)?.entry ?? Infinity);
  }
  const spans = isLeftOut({ continues }, participant.account) ? [] : spansOf(entries, participant, { continues });
  return { participant, spans, places, passed };
}

/** A new key that joins without an interruption goes on with the span of the old one. */
function spansOf(entries: readonly LedgerEntry[], { accounts }: Participant, terms: BeginningTerms): Span[] {
  const spans: Span[] = [];
  for (const { kind, record, sequence } of entries) {
    const last = spans.at(-1);
    const open = last?.end === Infinity ? last : undefined;
    if (kind === 'joined' && accounts.includes(record.member)) {
      const from = Math.max(record.firstRound, firstRoundOfStudy(terms));
      const join = { from, account: record.member, entry: sequence };
      if (open === undefined) spans.push({ from: join.from, end: Infinity, joins: [join], left: null });
      else spans.splice(-1, 1, { ...open, joins: [...open.joins, join] });
    }
    if ((kind !== 'withdrawn' && kind !== 'excluded') || open === undefined || !accounts.includes(record.member)) {
      continue;
    }
    const end = Math.max(record.endRound, open.from);
    spans.splice(-1, 1, { ...open, end, left: { part: kind, entry: sequence } });
  }
  return spans;
}

const spanAt = ({ spans }: Track, round: number): Span | undefined =>
  spans.find(({ from, end }) => from <= round && round < end);

function stateWithoutRecord(member: Track, round: number): RoundState {
  const span = spanAt(member, round);
  const join = span?.joins.findLast(({ from }) => from <= round);
  if (join !== undefined) return { part: 'missed', account: join.account, entry: join.entry };
  const before = member.spans.findLast(({ end }) => end <= round);
  if (before?.left != null)
    return { ...before.left, account: before.joins.at(-1)?.account ?? member.participant.account };
  return { part: 'notJoined', account: member.participant.accounts[0] ?? member.participant.account, entry: null };
}
