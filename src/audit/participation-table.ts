import type { Hex } from '../base/bytes.ts';
import type { LedgerReader, StandingChange } from '../ledger/ledger.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { isExpectedPart, participation, type RoundPart, type RoundState } from '../protocol/participation.ts';
import { contributionDigest, recoverSigner } from '../protocol/signature.ts';
import type { Finding } from './finding.ts';
import type { Bundle } from './read-bundle.ts';
import { readStudyLog } from './read-study-log.ts';

/** What a state means, column by column. */
interface StateColumns {
  /** Had joined the study by then, whether it was still there or not. */
  readonly joined: boolean;
  readonly expected: boolean;
  /** In time or late. */
  readonly contributed: boolean;
  readonly late: boolean;
  readonly missed: boolean;
  readonly withdrawn: boolean;
  readonly excluded: boolean;
}

/** One member in one training round. */
export interface ParticipationRow extends RoundState, StateColumns {
  readonly round: number;
  /** The account that the member has now. */
  readonly member: Hex;
  /** Its position in the study; null for a member of the consortium that never joined. */
  readonly position: number | null;
  /** Member of the consortium when the round began on the ledger; null if no chain was asked, which alone can tell. */
  readonly registered: boolean | null;
  /** The bundle has its signed record of the round. */
  readonly signed: boolean;
}

/** How many rows of a round say yes. */
export type RoundTotals = Readonly<Record<keyof StateColumns | 'signed' | 'round', number>> & {
  /** Null if no chain was asked. */
  readonly registered: number | null;
};

/** What is counted of each round, in the order in which it is shown. */
export const PARTICIPATION_COUNTS = [
  'registered',
  'joined',
  'expected',
  'signed',
  'contributed',
  'late',
  'missed',
  'withdrawn',
  'excluded',
] as const;

export interface ParticipationTable {
  readonly study: Hex;
  /** False if the log is the bundle's copy and no chain was asked. */
  readonly chainRead: boolean;
  readonly findings: readonly Finding[];
  /** By round, then position; members that never joined come last. Empty if the bundle lacks the manifest. */
  readonly rows: readonly ParticipationRow[];
  readonly totals: readonly RoundTotals[];
}

/**
 * Who was registered, joined, expected and heard of in which round.
 * @param ledger the chain; null to go by the bundle's own copy of the log
 * @throws AuditError `audit/bundle-of-another-contract`; LedgerError
 */
export async function tabulateParticipation(bundle: Bundle, ledger: LedgerReader | null): Promise<ParticipationTable> {
  const { evidence, manifest } = bundle;
  const outcome = { study: evidence.study, chainRead: ledger !== null };
  const { log, findings } = await readStudyLog(bundle, ledger);
  if (manifest === null) {
    const message =
      "the bundle does not hold the manifest with the study's digest, which says how many rounds there are";
    return { ...outcome, findings: [...findings, { code: 'audit/manifest-mismatch', message }], rows: [], totals: [] };
  }
  const signed = signedRecords(bundle);
  const registration = ledger === null ? null : registrationOf(await ledger.standingChanges(), log);
  const joined = participation(log, manifest);
  const strangers = registration?.accountsBut(joined.flatMap(({ participant }) => participant.accounts)) ?? [];
  const byRound = Array.from({ length: manifest.rounds }, (_, round) => {
    const row = (member: Hex, position: number | null, state: RoundState): ParticipationRow => ({
      round,
      member,
      position,
      ...state,
      ...columnsOf(state.part),
      registered: registration?.at(member, round) ?? null,
      signed: signed.has(`${round}/${state.account}`),
    });
    return [
      ...joined.flatMap(({ participant: { account, position }, rounds }) => {
        const state = rounds[round];
        return state === undefined ? [] : row(account, position, state);
      }),
      ...strangers.map((account) => row(account, null, { part: 'notJoined', account, entry: null })),
    ];
  });
  return { ...outcome, findings, rows: byRound.flat(), totals: byRound.map(totalsOf) };
}

/** `round/member` of the records that carry their member's signature. */
function signedRecords({ evidence }: Bundle): Set<string> {
  const domain: LedgerDomain = { chainId: evidence.chainId, contract: evidence.contract };
  const genuine = evidence.announcements.filter(
    ({ record, signature }) => recoverSigner(contributionDigest(domain, record), signature) === record.member,
  );
  return new Set(genuine.map(({ record }) => `${record.round}/${record.member}`));
}

interface Registration {
  /** Members of the consortium, now or once, by their newest account, but for those that one of these accounts belongs to. */
  accountsBut(accounts: readonly Hex[]): Hex[];
  at(account: Hex, round: number): boolean;
}

/** A round begins on the ledger with the block of its first contribution; one that nobody recorded counts as now. */
function registrationOf(changes: readonly StandingChange[], log: readonly LedgerEntry[]): Registration {
  const numberOf = new Map(changes.map(({ account, index }) => [account, index]));
  const newest = new Map(changes.map(({ index, account }) => [index, account]));
  const begins = new Map<number, number>();
  for (const { kind, record, blockNumber } of log) {
    if (kind === 'contribution') begins.set(record.round, begins.get(record.round) ?? blockNumber);
  }
  return {
    accountsBut: (accounts) => {
      const known = new Set(accounts.map((account) => numberOf.get(account)));
      return [...newest].flatMap(([index, account]) => (known.has(index) ? [] : account));
    },
    at: (account, round) => {
      const block = begins.get(round) ?? Infinity;
      const number = numberOf.get(account);
      const last = changes.findLast(({ index, blockNumber }) => index === number && blockNumber <= block);
      return last !== undefined && last.change !== 'suspended' && last.change !== 'removed';
    },
  };
}

const columnsOf = (part: RoundPart): StateColumns => ({
  joined: part !== 'notJoined',
  expected: isExpectedPart(part),
  contributed: part === 'contributed' || part === 'late',
  late: part === 'late',
  missed: part === 'missed',
  withdrawn: part === 'withdrawn',
  excluded: part === 'excluded',
});

function totalsOf(rows: readonly ParticipationRow[], round: number): RoundTotals {
  const count = (column: keyof StateColumns | 'signed' | 'registered'): number =>
    rows.filter((row) => row[column] === true).length;
  return {
    round,
    registered: rows.some(({ registered }) => registered === null) ? null : count('registered'),
    joined: count('joined'),
    expected: count('expected'),
    signed: count('signed'),
    contributed: count('contributed'),
    late: count('late'),
    missed: count('missed'),
    withdrawn: count('withdrawn'),
    excluded: count('excluded'),
  };
}
