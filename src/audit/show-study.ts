import type { Hex } from '../base/bytes.ts';
import { isClosing } from '../protocol/contribution.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { type Participation, participation } from '../protocol/participation.ts';
import { studyScores } from '../valuation/study-score.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';

/** A study at a glance. */
export interface ShownStudy {
  readonly manifest: Manifest;
  /** Null for an empty log. */
  readonly head: Hex | null;
  /** Number of entries by kind. */
  readonly entries: Readonly<Record<string, number>>;
  readonly members: readonly ShownMember[];
}

/** One member's part in a study. */
export interface ShownMember extends Participation {
  /** The study's score in millionths; null if it has none. */
  readonly scoreMicros: number | null;
  /** Cumulative ε of its last record, in millionths. */
  readonly epsilonMicros: number;
  readonly joined: readonly Joining[];
  /** Digest of the final model; null if the member did not close the study. */
  readonly finalModel: Hex | null;
}

interface Joining {
  readonly entry: number;
  readonly account: Hex;
  readonly firstRound: number;
  readonly dataCommitment: Hex;
}

/** One round of one member, at a glance. */
export interface ShownRound extends Pick<ShownMember, 'participant'> {
  readonly state: Participation['rounds'][number];
  readonly samples: number | null;
  readonly update: Hex | null;
  /** The median of what the others said of it, in millionths; null where too few did. */
  readonly scoreMicros: number | null;
}

export function showStudy(subject: AuditSubject): ShownStudy {
  const { manifest, log } = subject;
  const counts = [...Map.groupBy(log, kindOf)].map(([kind, entries]) => [kind, entries.length] as const);
  return {
    manifest,
    head: log.at(-1)?.head ?? null,
    entries: Object.fromEntries(counts),
    members: showMembers(subject),
  };
}

const kindOf = (entry: LedgerEntry): string =>
  entry.kind === 'contribution' && isClosing(entry.record) ? 'closing' : entry.kind;

/** In order of position. */
export function showMembers({ log, manifest, contributions }: AuditSubject): ShownMember[] {
  const scores = studyScores(log).total;
  return participation(log, manifest).map(({ participant, rounds }) => {
    const own = [...contributions.values()].filter(({ member }) => participant.accounts.includes(member));
    return {
      participant,
      rounds,
      scoreMicros: scores.get(participant.account) ?? null,
      epsilonMicros: Math.max(0, ...own.map(({ epsilonMicros }) => epsilonMicros)),
      joined: joinings(log, participant.accounts),
      finalModel: own.find(isClosing)?.base ?? null,
    };
  });
}

function joinings(log: readonly LedgerEntry[], accounts: readonly Hex[]): Joining[] {
  return log.flatMap(({ kind, record, sequence }) => {
    if (kind !== 'joined' || !accounts.includes(record.member)) return [];
    const { member: account, firstRound, dataCommitment } = record;
    return [{ entry: sequence, account, firstRound, dataCommitment }];
  });
}

/** What each member did in a training round, in order of position. */
export function showRound({ log, manifest, contributions }: AuditSubject, round: number): ShownRound[] {
  const scores = studyScores(log).byRound.get(round);
  return participation(log, manifest).flatMap(({ participant, rounds }) => {
    const state = rounds[round];
    if (state === undefined) return [];
    const record = contributions.get(keyOf(round, state.account));
    return [
      {
        participant,
        state,
        samples: record?.samples ?? null,
        update: record?.update ?? null,
        scoreMicros: scores?.get(participant.account) ?? null,
      },
    ];
  });
}
