import { epsilonMicros, roundMechanism } from '../privacy/round-mechanism.ts';
import type { Contribution } from '../protocol/contribution.ts';
import { isClosing } from '../protocol/contribution.ts';
import type { Metrics } from '../protocol/metrics.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';
import type { Finding } from './finding.ts';

/**
 * What members state of their spending, in studies with a budget: every round has its noise and steps, by the manifest and by the samples
 * that the record names, and the ε of a member's last record is at least what these cost. Whether the noise was there cannot be seen.
 */
export function checkPrivacy(subject: AuditSubject, metrics: ReadonlyMap<string, Metrics>): Finding[] {
  if (subject.manifest.privacy.unit === 'none') return [];
  const byMember = Map.groupBy(subject.contributions.values(), ({ member }) => member);
  return [...byMember.values()].flatMap((records) =>
    checkMember(
      subject,
      metrics,
      records.toSorted((a, b) => a.round - b.round),
    ),
  );
}

function checkMember(
  { manifest }: AuditSubject,
  metrics: ReadonlyMap<string, Metrics>,
  records: readonly Contribution[],
): Finding[] {
  const findings: Finding[] = [];
  const samples = records.find((record) => !isClosing(record))?.samples ?? 0;
  const mechanism = roundMechanism(manifest.privacy, samples);
  let trained = 0;
  for (const record of records) {
    const { member, round } = record;
    if (!isClosing(record)) trained += 1;
    const stated = metrics.get(keyOf(round, member))?.privacy;
    const wrong = (message: string): void =>
      void findings.push({ code: 'audit/privacy-understated', member, round, message });
    // Metrics that are missing or damaged are another finding.
    if (stated === undefined || mechanism === null) continue;
    if (stated === null) wrong('nothing is stated of what was spent');
    else if (stated.noiseMultiplier !== mechanism.noiseMultiplier || stated.samplingRate !== mechanism.samplingRate) {
      wrong('noise or sampling rate are not those of the manifest with these samples');
    } else if (stated.steps < trained * mechanism.steps) {
      wrong(`${stated.steps} steps are stated, and ${trained} rounds have at least ${trained * mechanism.steps}`);
    } else if (record === records.at(-1)) {
      const cost = epsilonMicros([{ ...mechanism, steps: stated.steps }], manifest.deltaBudgetPicos);
      if (record.epsilonMicros < cost) wrong(`ε is ${record.epsilonMicros} millionths, and the steps cost ${cost}`);
    }
  }
  return findings;
}
