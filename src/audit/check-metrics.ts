import { decodeMetrics, type Metrics } from '../protocol/metrics.ts';
import { groupsOf, type SubgroupTerms } from '../protocol/site-figures.ts';
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
      if (!tellsAskedGroups(found, subject.manifest.subgroups)) {
        const message = 'the metrics tell of other groups than the study asks for';
        findings.push({ code: 'audit/metrics-mismatch', member, round, message });
      }
    }
  }
  return { metrics, findings: [...findings, ...checkSums(subject, metrics)] };
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
