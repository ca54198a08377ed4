import { flipBitOfSegment } from '../../audit/flip-bit.ts';
import { openBundle } from '../../audit/read-bundle.ts';
import type { Hex } from '../../base/bytes.ts';
import { ConsiliumError } from '../../base/errors.ts';
import { createSeededRandom } from '../../base/seeded-random.ts';
import type { RunFolder } from './prepare-run.ts';

/** Flips one bit of one segment, chosen by the seed, in a copy of the bundle. @returns where */
export async function tamper(
  folder: RunFolder,
  seed: number,
): Promise<{ member: Hex; round: number; segment: number }> {
  const bundle = await openBundle(folder.bundle);
  const trained = bundle.evidence.announcements.filter(({ segments }) => segments.length > 0);
  await bundle.close();
  const random = createSeededRandom(seed, 'tamper');
  const victim = trained[random.integer(Math.max(1, trained.length))];
  const segment = random.integer(Math.max(1, victim?.segments.length ?? 0));
  const digest = victim?.segments[segment];
  if (
    victim === undefined ||
    digest === undefined ||
    !(await flipBitOfSegment(folder.bundle, folder.tampered, digest))
  ) {
    throw new ConsiliumError('cli/step-failed', 'there is no segment in the evidence to tamper with');
  }
  return { member: victim.record.member, round: victim.record.round, segment };
}
