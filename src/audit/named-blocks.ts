import { type Hex, ZERO_DIGEST } from '../base/bytes.ts';
import type { Announcement } from '../protocol/announcement.ts';
import { documentName, segmentName } from '../protocol/content-id.ts';
import type { Place } from './finding.ts';
import type { CarScan } from './scan-car.ts';

/** A block that a record names. */
export interface NamedBlock {
  readonly kind: 'segment' | 'document';
  readonly digest: Hex;
  readonly what: string;
  readonly place: Place;
}

/** The parts of a bundle that name blocks: in memory, or as they are read. */
interface NamingParts {
  readonly initialModel: readonly Hex[];
  readonly announcements: Iterable<Announcement> | AsyncIterable<Announcement>;
}

/**
 * Every block that the evidence names, in the order in which a bundle has them: the initial model, then of each announcement the
 * segments, the recipe and the metrics. What several records name comes several times; a bundle has it at the first.
 */
export async function* namedBlocks({ initialModel, announcements }: NamingParts): AsyncGenerator<NamedBlock> {
  for (const [segment, digest] of initialModel.entries()) {
    yield { kind: 'segment', digest, what: `segment ${segment} of what the study begins with`, place: { segment } };
  }
  for await (const { record, segments } of announcements) {
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

/** SHA-256 that blocks claim and their bytes do not have, and where in the file they are. */
export const damagedBlocks = ({ sections }: CarScan): Map<Hex, number> =>
  new Map(sections.flatMap(({ isIntact, digest, offset }) => (isIntact ? [] : [[digest, offset]])));
