import type { Hex } from '../base/bytes.ts';
import type { LedgerReader } from '../ledger/ledger.ts';
import type { Metrics } from '../protocol/metrics.ts';
import type { SiteFigures, Subgroup } from '../protocol/site-figures.ts';
import { auditSubject, keyOf } from './audit-subject.ts';
import { checkMetrics } from './check-metrics.ts';
import type { Finding } from './finding.ts';
import type { Bundle } from './read-bundle.ts';
import { readStudyLog } from './read-study-log.ts';

/** What one site said of one model on one part of data, as a whole or for one group. */
export interface MetricsRow {
  readonly round: number;
  readonly member: Hex;
  readonly part: 'heldOut' | 'common';
  /** Null for the whole part. */
  readonly by: Subgroup['by'] | null;
  readonly group: string | null;
  /** Null for a group that is not told of; then all figures are. */
  readonly samples: number | null;
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly auc: number | null;
  readonly calibrationError: number | null;
  readonly brier: number | null;
}

export interface MetricsTable {
  readonly study: Hex;
  readonly chainRead: boolean;
  readonly findings: readonly Finding[];
  /** By round, then in the order of the log. */
  readonly rows: readonly MetricsRow[];
}

/**
 * The sites' figures that contributions on the ledger commit to: each document has the digest that its member signed.
 * @param ledger the chain; null to go by the bundle's own copy of the log
 * @throws AuditError `audit/bundle-of-another-contract`; LedgerError
 */
export async function tabulateMetrics(bundle: Bundle, ledger: LedgerReader | null): Promise<MetricsTable> {
  const { evidence, manifest } = bundle;
  const outcome = { study: evidence.study, chainRead: ledger !== null };
  const { log, findings } = await readStudyLog(bundle, ledger);
  if (manifest === null) {
    const message = "the bundle does not hold the manifest with the study's digest";
    return { ...outcome, findings: [...findings, { code: 'audit/manifest-mismatch', message }], rows: [] };
  }
  const domain = { chainId: evidence.chainId, contract: evidence.contract };
  const subject = auditSubject({ domain, manifest, bundle, log });
  const report = await checkMetrics(subject);
  const records = [...subject.contributions.values()].toSorted((a, b) => a.round - b.round);
  const rows = records.flatMap(({ round, member }) => rowsOf(report.metrics.get(keyOf(round, member))));
  return { ...outcome, findings: [...findings, ...report.findings], rows };
}

function rowsOf(metrics: Metrics | undefined): MetricsRow[] {
  if (metrics === undefined) return [];
  const { round, member } = metrics;
  return (['heldOut', 'common'] as const).flatMap((part) => {
    const figures = metrics[part];
    return figures === null ? [] : partRows(figures).map((row) => ({ round, member, part, ...row }));
  });
}

function partRows({ calibration, subgroups, ...whole }: SiteFigures): Omit<MetricsRow, 'round' | 'member' | 'part'>[] {
  const nothing = { samples: null, accuracy: null, auc: null, calibrationError: null, brier: null };
  return [
    {
      by: null,
      group: null,
      ...whole,
      calibrationError: calibration?.error ?? null,
      brier: calibration?.brier ?? null,
    },
    ...(subgroups ?? []).map(({ by, group, figures }) => ({ by, group, loss: null, ...(figures ?? nothing) })),
  ];
}
