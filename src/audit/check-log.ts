import { type Hex, sameBytes } from '../base/bytes.ts';
import { encodeCanonical } from '../base/canonical.ts';
import type { StudyState } from '../ledger/ledger.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import { findHeadBreak, initialHead, type LedgerEntry } from '../protocol/ledger-entry.ts';
import type { Finding, Notice } from './finding.ts';

/** Sequence and head hash: the log is whole, in order, and what its head says. */
export function checkLog(
  domain: LedgerDomain,
  study: Hex,
  log: readonly LedgerEntry[],
  state: StudyState | null,
): Finding[] {
  const foreign = log.findIndex(({ record }) => record.study !== study);
  const broken = findHeadBreak(initialHead(domain, study), log) ?? (foreign < 0 ? null : foreign);
  if (broken !== null) {
    return [
      { code: 'audit/log-broken', sequence: broken, message: `the log does not lead to its head at entry ${broken}` },
    ];
  }
  if (state !== null && (state.length !== log.length || state.head !== log.at(-1)?.head)) {
    return [
      {
        code: 'audit/log-broken',
        sequence: Math.min(state.length, log.length),
        message: `the contract counts ${state.length} entries with another head than the ${log.length} that the node's events tell of`,
      },
    ];
  }
  return [...checkOncePerRound(log), ...listEquivocations(log)];
}

function checkOncePerRound(log: readonly LedgerEntry[]): Finding[] {
  const seen = new Set<string>();
  return log.flatMap((entry): Finding[] => {
    if (entry.kind !== 'contribution' && entry.kind !== 'valuation') return [];
    const member = entry.kind === 'contribution' ? entry.record.member : entry.record.evaluator;
    const { round } = entry.record;
    const key = `${entry.kind}/${round}/${member}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const { sequence } = entry;
    return [
      { code: 'audit/record-duplicate', member, round, sequence, message: `a second ${entry.kind} for one round` },
    ];
  });
}

function listEquivocations(log: readonly LedgerEntry[]): Finding[] {
  return log.flatMap((entry): Finding[] => {
    if (entry.kind !== 'equivocated') return [];
    const { member, round } = entry.record;
    const message = 'the member signed two different contributions for one round';
    return [{ code: 'audit/equivocation', member, round, sequence: entry.sequence, message }];
  });
}

/** The log that the exporting peer saw must be a beginning of the one that the chain tells now, blocks and transactions included. */
export function checkExportedLog(exported: readonly LedgerEntry[], log: readonly LedgerEntry[]): Finding[] {
  const differing = exported.findIndex((entry, i) => !isSameEntry(entry, log[i]));
  if (differing < 0) return [];
  return [
    {
      code: 'audit/log-differs',
      sequence: differing,
      message: `entry ${differing} in the bundle is not the one on the ledger: one of the two was rewritten`,
    },
  ];
}

function isSameEntry(entry: LedgerEntry, other: LedgerEntry | undefined): boolean {
  return other !== undefined && sameBytes(encodeCanonical(entry), encodeCanonical(other));
}

/** A copy that is a beginning of the log is true as far as it goes. */
export function noticeShortCopy(exported: readonly LedgerEntry[], log: readonly LedgerEntry[]): Notice[] {
  const { length } = exported;
  if (length >= log.length) return [];
  const message = `the bundle's copy of the log ends before entry ${length}; the ledger has ${log.length} entries`;
  return [{ sequence: length, message }];
}
