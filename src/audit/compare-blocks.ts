import { type Hex, ZERO_DIGEST } from '../base/bytes.ts';
import type { Difference, Side } from './difference.ts';
import type { Place } from './finding.ts';
import type { Bundle } from './read-bundle.ts';

/** A block that some record names. */
interface NamedBlock extends Place {
  readonly digest: Hex;
  readonly name: string;
}

/**
 * Blocks that one bundle holds whole and the other does not. They are named by their digests, so that two that are whole are the same.
 */
export async function compareBlocks(bundles: {
  readonly first: Bundle;
  readonly second: Bundle;
}): Promise<Difference[]> {
  const { first, second } = bundles;
  const manifests = compareManifests(first, second);
  const blocks = new Map([...namedBlocks(first), ...namedBlocks(second)].map((block) => [block.digest, block]));
  const differences: Difference[] = [];
  for (const { digest, name, ...place } of blocks.values()) {
    const [mine, theirs] = [await holds(first, digest), await holds(second, digest)];
    if (mine === theirs) continue;
    const only: Side = mine ? 'first' : 'second';
    const other = (mine ? second : first).damaged.has(digest) ? 'damaged' : 'missing';
    const message = `${name}, ${digest}: whole in the ${only} bundle, ${other} in the other`;
    differences.push({ what: 'block', only, ...place, message });
  }
  return [...manifests, ...differences];
}

function compareManifests(first: Bundle, second: Bundle): Difference[] {
  if ((first.manifest === null) === (second.manifest === null)) return [];
  const only: Side = first.manifest === null ? 'second' : 'first';
  return [{ what: 'manifest', only, message: `only the ${only} bundle has the study's manifest` }];
}

async function holds(bundle: Bundle, digest: Hex): Promise<boolean> {
  if (bundle.damaged.has(digest)) return false;
  return bundle.hasSegment(digest) || (await bundle.document(digest)) !== null;
}

function namedBlocks({ evidence }: Bundle): NamedBlock[] {
  const initial = evidence.initialModel.map((digest, segment) => ({ digest, name: 'of the initial model', segment }));
  const ofRecords = evidence.announcements.flatMap(({ record, segments }) => {
    const { member, round, recipe, metrics } = record;
    const documents = [
      { digest: recipe, name: 'the recipe', member, round },
      { digest: metrics, name: 'the metrics', member, round },
    ];
    return [
      ...segments.map((digest, segment) => ({ digest, name: 'of the update', member, round, segment })),
      ...documents.filter(({ digest }) => digest !== ZERO_DIGEST),
    ];
  });
  return [...initial, ...ofRecords];
}
