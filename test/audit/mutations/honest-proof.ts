import { proveSegment } from '../../../src/audit/prove-segment.ts';
import type { Bundle } from '../../../src/audit/read-bundle.ts';
import { decodeSegmentProof, type SegmentProof } from '../../../src/audit/segment-proof.ts';
import type { SeededRandom } from '../../../src/base/seeded-random.ts';
import { isClosing } from '../../../src/protocol/contribution.ts';
import { type BaseBundle, pick } from './case.ts';

/** The proof of some segment of some contribution. */
export function honestProof({ study: { evidence, manifest } }: BaseBundle, random: SeededRandom): SegmentProof {
  const trainings = evidence.announcements.filter(({ record }) => !isClosing(record));
  const { record, segments } = pick(trainings, random);
  const place = { member: record.member, round: record.round, segment: random.integer(segments.length) };
  // Of a bundle it takes these two.
  const proof = decodeSegmentProof(proveSegment({ evidence, manifest } as unknown as Bundle, place));
  if (proof === null) throw new Error('no proof of an honest contribution');
  return proof;
}
