import { type Hex, ZERO_DIGEST } from '../base/bytes.ts';
import { documentName, segmentName } from '../protocol/content-id.ts';
import type { Evidence } from './evidence.ts';
import type { Place } from './finding.ts';

/** A block that a record names. */
export interface NamedBlock {
  readonly kind: 'segment' | 'document';
  readonly digest: Hex;
  readonly what: string;
  readonly place: Place;
}

/**
 * Every block that the evidence names, in the order in which a bundle has them: the initial model, then of each announcement the
 * segments, the recipe and the metrics. What several records name comes several times; a bundle has it at the first.
 */
export function* namedBlocks({
  initialModel,
  announcements,
}: Pick<Evidence, 'initialModel' | 'announcements'>): Generator<NamedBlock> {
  for (const [segment, digest] of initialModel.entries()) {
    yield { kind: 'segment', digest, what: `segment ${segment} of what the study begins with`, place: { segment } };
  }
  for (const { record, segments } of announcements) {
    const { member, round } = record;
    for (const [segment, digest] of segments.entries()) {
      yield { kind: 'segment', digest, what: `segment ${segment} of the update`, place: { member, round, segment } };
    }
    for (const what of ['recipe', 'metrics'] as const) {
      if (record[what] !== ZERO_DIGEST)
        yield { kind: 'document', digest: record[what], what: `the ${what}`, place: { member, round } };
    }
  }
}

export const nameOf = ({ kind, digest }: Pick<NamedBlock, 'kind' | 'digest'>): string =>
  kind === 'segment' ? segmentName(digest) : documentName(digest);
