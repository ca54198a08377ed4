import { decodeMetrics, type Metrics } from '../protocol/metrics.ts';
import { unpackScores } from '../protocol/valuation.ts';
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
  for (const [key, { member, round, study, metrics: digest }] of subject.contributions) {
    const bytes = await subject.bundle.document(digest);
    const found = bytes === null ? null : tryDecode(bytes);
    if (bytes === null) {
      findings.push({ code: 'audit/metrics-missing', member, round, message: 'the metrics are not in the bundle' });
    } else if (found === null || found.member !== member || found.round !== round || found.study !== study) {
      findings.push({
        code: 'audit/metrics-mismatch',
        member,
        round,
        message: 'the metrics are not those of this contribution',
      });
    } else {
      metrics.set(key, found);
    }
  }
  return { metrics, findings: [...findings, ...checkSums(subject, metrics)] };
}

function tryDecode(bytes: Uint8Array): Metrics | null {
  try {
    return decodeMetrics(bytes);
  } catch {
    return null; // reported by the caller, with its place
  }
}

function checkSums(subject: AuditSubject, metrics: ReadonlyMap<string, Metrics>): Finding[] {
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
