import type { Contribution } from '../protocol/contribution.ts';
import { decodeMetrics, type Metrics } from '../protocol/metrics.ts';
import { groupsOf, type SubgroupTerms } from '../protocol/site-figures.ts';
import { unpackScores } from '../protocol/valuation.ts';
import { sumsToUtility } from '../protocol/valuation-terms.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';
import type { Finding } from './finding.ts';

export interface MetricsReport {
  /** The sites' figures by `round/member`. */
  readonly metrics: ReadonlyMap<string, Metrics>;
  readonly findings: Finding[];
}

/** The sites' figures: there, theirs, and adding up: the scores of a round sum to the utility that the evaluator states. */
export async function checkMetrics(subject: AuditSubject): Promise<MetricsReport> {
  const metrics = new Map<string, Metrics>();
  const findings: Finding[] = [];
  for (const [key, record] of subject.contributions) {
    const bytes = await subject.bundle.document(record.metrics);
    const outcome = checkSiteMetrics(record, bytes, subject.manifest.subgroups);
    findings.push(...outcome.findings);
    if (outcome.metrics !== null) metrics.set(key, outcome.metrics);
  }
  return { metrics, findings: [...findings, ...checkSums(subject, metrics)] };
}

/**
 * One site's figures: there, its own, and of the groups that the study asks for.
 * @param bytes what has the digest that the contribution names; null if nobody has it
 */
export function checkSiteMetrics(
  { member, round, study }: Pick<Contribution, 'member' | 'round' | 'study'>,
  bytes: Uint8Array | null,
  terms: SubgroupTerms | undefined,
): { readonly metrics: Metrics | null; readonly findings: Finding[] } {
  const finding = (code: 'audit/metrics-missing' | 'audit/metrics-mismatch', message: string): Finding[] => [
    { code, member, round, message },
  ];
  if (bytes === null) {
    return { metrics: null, findings: finding('audit/metrics-missing', 'the metrics are not in the bundle') };
  }
  const metrics = tryDecode(bytes);
  if (metrics === null || metrics.member !== member || metrics.round !== round || metrics.study !== study) {
    const message = 'the metrics are not those of this contribution';
    return { metrics: null, findings: finding('audit/metrics-mismatch', message) };
  }
  if (tellsAskedGroups(metrics, terms)) return { metrics, findings: [] };
  const message = 'the metrics tell of other groups than the study asks for';
  return { metrics, findings: finding('audit/metrics-mismatch', message) };
}

/** Groups are listed all or not at all: what was left out alone would tell of it. */
function tellsAskedGroups({ heldOut, common }: Metrics, terms: SubgroupTerms | undefined): boolean {
  const asked = terms === undefined ? [] : groupsOf(terms);
  return [heldOut, common].every((figures) => {
    const told = figures?.subgroups ?? null;
    if (told === null) return true;
    return (
      asked.length > 0 &&
      told.length === asked.length &&
      told.every(({ by, group }, i) => by === asked[i]?.by && group === asked[i]?.group)
    );
  });
}

function tryDecode(bytes: Uint8Array): Metrics | null {
  try {
    return decodeMetrics(bytes);
  } catch {
    return null; // reported by the caller, with its place
  }
}

/** Shapley scores of every kind; those of other methods sum to nothing in particular. */
function checkSums(subject: AuditSubject, metrics: ReadonlyMap<string, Metrics>): Finding[] {
  if (!sumsToUtility(subject.manifest.valuation)) return [];
  return subject.valuations.flatMap((valuation): Finding[] => {
    const { evaluator: member, round } = valuation;
    const utility = metrics.get(keyOf(round + 1, member))?.utilityMicros;
    if (utility === undefined || utility === null) return [];
    const sum = unpackScores(valuation.scores).reduce<number>((total, score) => total + (score ?? 0), 0);
    if (sum === utility) return [];
    const message = `the scores sum to ${sum}, the stated utility is ${utility} millionths`;
    return [{ code: 'audit/valuation-mismatch', member, round, message }];
  });
}
