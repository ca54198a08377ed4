import type { Hex } from '../base/bytes.ts';
import { isClosing } from '../protocol/contribution.ts';
import type { LedgerContent, LedgerEntry } from '../protocol/ledger-entry.ts';
import { keyOf } from './audit-subject.ts';
import type { Evidence } from './evidence.ts';
import type { ListedKind } from './listed-kinds.ts';

/** One thing that was recorded, or signed and not recorded. */
export interface ListedEntry {
  /** Its place in the log; null for a signed contribution that is only in the bundle. */
  readonly entry: number | null;
  readonly kind: ListedKind;
  /** The first round without the member for `withdrawn` and `excluded`, the first with it for `joined`; null where there is none. */
  readonly round: number | null;
  readonly member: Hex | null;
  readonly blockNumber: number | null;
  readonly transaction: Hex | null;
  /** Of contributions: whether the bundle has a signed record of that round; null for others, and where there is no bundle. */
  readonly signed: boolean | null;
  readonly record: LedgerContent['record'];
}

/** What is listed; null for everything. */
export interface ListFilter {
  readonly accounts: readonly Hex[] | null;
  readonly round: number | null;
  readonly kind: ListedKind | null;
}

/**
 * The entries of a log in their order, then the signed contributions that it does not have.
 * @param announcements what the bundle holds; null where there is none
 */
export function listEntries(
  log: readonly LedgerEntry[],
  announcements: Evidence['announcements'] | null,
  filter: ListFilter,
): ListedEntry[] {
  const signed = announcements && new Set(announcements.map(({ record }) => keyOf(record.round, record.member)));
  const recorded = log.map((entry): ListedEntry => {
    const { sequence, blockNumber, transaction, record } = entry;
    const place = { entry: sequence, blockNumber, transaction, record };
    const isSigned =
      entry.kind === 'contribution' ? (signed?.has(keyOf(entry.record.round, entry.record.member)) ?? null) : null;
    return { ...place, ...subjectOf(entry), signed: isSigned };
  });
  const known = new Set(
    log.flatMap(({ kind, record }) => (kind === 'contribution' ? [keyOf(record.round, record.member)] : [])),
  );
  const unrecorded = (announcements ?? [])
    .filter(({ record }) => !known.has(keyOf(record.round, record.member)))
    .map(({ record }): ListedEntry => {
      const nowhere = { entry: null, blockNumber: null, transaction: null };
      return { ...nowhere, ...subjectOf({ kind: 'contribution', record }), record, signed: true };
    });
  return [...recorded, ...unrecorded].filter((row) => isWanted(row, filter));
}

function isWanted({ kind, round, member }: ListedEntry, filter: ListFilter): boolean {
  return (
    (filter.kind === null || filter.kind === kind) &&
    (filter.round === null || filter.round === round) &&
    (filter.accounts === null || (member !== null && filter.accounts.includes(member)))
  );
}

function subjectOf(content: LedgerContent): Pick<ListedEntry, 'kind' | 'round' | 'member'> {
  const { kind, record } = content;
  switch (kind) {
    case 'contribution':
      return { kind: isClosing(record) ? 'closing' : kind, round: record.round, member: record.member };
    case 'valuation':
      return { kind, round: record.round, member: record.evaluator };
    case 'joined':
      return { kind, round: record.firstRound, member: record.member };
    case 'withdrawn':
    case 'excluded':
      return { kind, round: record.endRound, member: record.member };
    case 'equivocated':
      return { kind, round: record.round, member: record.member };
    case 'checkpointed':
      return { kind, round: record.round, member: null };
    default:
      return { kind, round: null, member: null };
  }
}
