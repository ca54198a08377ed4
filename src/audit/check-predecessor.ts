import type { Hex } from '../base/bytes.ts';
import { hasSameModel } from '../protocol/continuation.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { AuditError } from './audit-error.ts';
import { keyOf } from './audit-subject.ts';
import type { Finding } from './finding.ts';
import type { Bundle } from './read-bundle.ts';
import { signedRecords } from './signed-records.ts';
import { traceTaint } from './trace-taint.ts';

/**
 * Whether a study that continues another one begins from clean bases of that: those that its members signed there, which the work of
 * those that are left out had not reached. The predecessor's recipes are taken at their word: it has an audit of its own.
 * @throws AuditError `audit/not-the-predecessor`
 */
export async function checkPredecessor(manifest: Manifest, predecessor: Bundle): Promise<Finding[]> {
  const { continues } = manifest;
  const { study } = predecessor.evidence;
  const before = predecessor.manifest;
  if (continues?.study !== study) {
    const claim = continues === null ? 'the study continues no other one' : `the study continues ${continues.study}`;
    throw new AuditError(
      'audit/not-the-predecessor',
      `${claim}, and the other bundle is of ${study}; name the right one`,
    );
  }
  const wrong = (message: string, place: { member?: Hex; round?: number } = {}): Finding => {
    return { code: 'audit/continuation-wrong', ...place, message };
  };
  if (before === null) return [wrong("the predecessor's bundle does not hold its manifest")];
  const { round, bases, without } = continues;
  const findings: Finding[] = [];
  if (!hasSameModel(manifest, before)) {
    findings.push(wrong('its model, segments or initial model are not those of the study that it continues'));
  }
  const signed = signedRecords(predecessor.evidence);
  const { models, strangers } = await traceTaint(predecessor, without);
  for (const member of strangers) findings.push(wrong('is left out, and never joined the study before', { member }));
  const reached = new Set(models.flatMap((model) => (model.kind === 'base' ? keyOf(model.round, model.member) : [])));
  for (const { member, base, recipe } of bases) {
    const key = keyOf(round, member);
    const record = signed.get(key);
    if (record?.base !== base || record.recipe !== recipe) {
      findings.push(
        wrong('begins from a base that it had not signed for this round in the study before', { member, round }),
      );
    }
    if (reached.has(key)) {
      findings.push(
        wrong('begins from a base that the work of a member that is left out had reached', { member, round }),
      );
    }
  }
  return findings;
}
