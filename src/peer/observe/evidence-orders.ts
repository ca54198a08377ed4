import type { Hex } from '../../base/bytes.ts';
import type { Order } from '../../gossip/obtain-blobs.ts';
import type { Announcement } from '../../protocol/announcement.ts';
import type { Manifest } from '../../protocol/manifest.ts';
import { encodedLength } from '../../protocol/segment-codec.ts';
import { segmentRange } from '../../protocol/segments.ts';
import { MAXIMUM_DOCUMENT_BYTES } from '../pull-segments.ts';

export interface EvidenceTerms {
  readonly manifest: Manifest;
  readonly parameterCount: number;
  /** Whether updates are left where they are. */
  readonly recordsOnly: boolean;
}

/** What a signed contribution names and an auditor needs: metrics, recipe and, unless records are enough, the segments of the update. */
export function evidenceOrders(
  { record, segments }: Announcement,
  { manifest, parameterCount, recordsOnly }: EvidenceTerms,
  connected: readonly Hex[],
): Order[] {
  const providers = [record.member, ...connected.filter((account) => account !== record.member)];
  const documents = [record.metrics, ...(record.round > 0 ? [record.recipe] : [])].map((digest) => ({
    digest,
    maximumBytes: MAXIMUM_DOCUMENT_BYTES,
    providers,
  }));
  if (recordsOnly) return documents;
  const updates = segments.map((digest, segment) => {
    const { start, end } = segmentRange(parameterCount, segments.length, segment);
    return { digest, maximumBytes: encodedLength(manifest, record.round, end - start), providers };
  });
  return [...documents, ...updates];
}
