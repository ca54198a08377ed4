import type { Hex } from '../base/bytes.ts';
import { encodeCanonical } from '../base/canonical.ts';
import type { Announcement } from '../protocol/announcement.ts';
import { hashContribution } from '../protocol/contribution.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { keyOf } from './audit-subject.ts';
import { compareBlocks } from './compare-blocks.ts';
import type { Difference, Side } from './difference.ts';
import type { Place } from './finding.ts';
import type { Bundle } from './read-bundle.ts';

/** What is compared: a bundle, or a chain, which has a log and nothing else. */
export interface Holding {
  readonly study: { readonly study: Hex; readonly chainId: number; readonly contract: Hex };
  readonly log: readonly LedgerEntry[];
  /** Null for a chain. */
  readonly bundle: Bundle | null;
}

/** All differences, those of the log first. Of two studies that are not the same one nothing else is compared. */
export async function compareHoldings(first: Holding, second: Holding): Promise<Difference[]> {
  const named = ({ study: { study, chainId, contract } }: Holding): string =>
    `study ${study} of ledger ${contract} on chain ${chainId}`;
  if (named(first) !== named(second)) {
    return [{ what: 'study', only: null, message: `${named(first)} is not ${named(second)}` }];
  }
  const logs = compareLogs(first.log, second.log);
  if (first.bundle === null || second.bundle === null) return logs;
  const bundles = { first: first.bundle, second: second.bundle };
  return [...logs, ...compareRecords(bundles), ...compareCheckpoints(bundles), ...(await compareBlocks(bundles))];
}

/** Entries by what they say, wherever they stand, and the first place where the two histories part. */
function compareLogs(first: readonly LedgerEntry[], second: readonly LedgerEntry[]): Difference[] {
  const length = Math.min(first.length, second.length);
  const parting = Array.from({ length }, (_, i) => i).find((i) => first[i]?.head !== second[i]?.head);
  const message = `the two logs have different histories from entry ${parting} on: one of them was rewritten, or is wrong`;
  const parts: Difference[] = parting === undefined ? [] : [{ what: 'log', only: null, sequence: parting, message }];
  return [
    ...parts,
    ...missingFrom(first, second).map((entry) => lonelyEntry(entry, 'first')),
    ...missingFrom(second, first).map((entry) => lonelyEntry(entry, 'second')),
  ];
}

/** Entries of which the other log has fewer. */
function missingFrom(log: readonly LedgerEntry[], other: readonly LedgerEntry[]): LedgerEntry[] {
  const counts = new Map<string, number>();
  for (const name of other.map(contentName)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return log.filter((entry) => {
    const name = contentName(entry);
    const left = counts.get(name) ?? 0;
    counts.set(name, left - 1);
    return left <= 0;
  });
}

/** The same for two entries that say the same, wherever they stand. */
const contentName = ({ kind, record }: LedgerEntry): string =>
  Buffer.from(encodeCanonical({ kind, record })).toString('latin1');

function lonelyEntry({ kind, record, sequence }: LedgerEntry, only: Side): Difference {
  const member = 'member' in record ? record.member : 'evaluator' in record ? record.evaluator : undefined;
  const place: Place = {
    sequence,
    ...(member === undefined ? {} : { member }),
    ...('round' in record ? { round: record.round } : {}),
  };
  return { what: 'entry', only, ...place, message: `an entry of kind '${kind}' that only the ${only} log has` };
}

interface BundlePair {
  readonly first: Bundle;
  readonly second: Bundle;
}

function compareRecords({ first, second }: BundlePair): Difference[] {
  const keyed = ({ evidence }: Bundle): Map<string, Announcement> =>
    new Map(evidence.announcements.map((a) => [keyOf(a.record.round, a.record.member), a]));
  const [mine, theirs] = [keyed(first), keyed(second)];
  return [...new Map([...mine, ...theirs]).keys()].flatMap((key) => compareRecord(mine.get(key), theirs.get(key)));
}

function compareRecord(mine: Announcement | undefined, theirs: Announcement | undefined): Difference[] {
  const known = mine ?? theirs;
  if (known === undefined) return [];
  const { member, round } = known.record;
  if (mine === undefined || theirs === undefined) {
    const only: Side = mine === undefined ? 'second' : 'first';
    return [{ what: 'record', only, member, round, message: `a signed contribution that only the ${only} bundle has` }];
  }
  const differs = (what: Difference['what'], message: string): Difference => ({
    what,
    only: null,
    member,
    round,
    message,
  });
  if (hashContribution(mine.record) !== hashContribution(theirs.record)) {
    return [differs('record', 'two different contributions of one member for one round')];
  }
  return [
    ...(JSON.stringify(mine.signature) === JSON.stringify(theirs.signature)
      ? []
      : [differs('signature', 'the same contribution with different signatures')]),
    ...(mine.segments.join() === theirs.segments.join()
      ? []
      : [differs('segments', 'the same contribution with different segment digests')]),
  ];
}

function compareCheckpoints({ first, second }: BundlePair): Difference[] {
  const keyed = ({ evidence }: Bundle) =>
    new Map(evidence.checkpoints.map((each) => [`${each.record.round}/${each.member}/${each.record.head}`, each]));
  const lonely = (side: Bundle, other: Bundle, only: Side): Difference[] => {
    const known = keyed(other);
    return [...keyed(side)].flatMap(([key, { member, record }]): Difference[] => {
      const message = `a head that the member signed, and only the ${only} bundle has`;
      return known.has(key) ? [] : [{ what: 'checkpoint', only, member, round: record.round, message }];
    });
  };
  return [...lonely(first, second, 'first'), ...lonely(second, first, 'second')];
}
