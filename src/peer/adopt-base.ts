import type { Hex } from '../base/bytes.ts';
import type { Order } from '../gossip/obtain-blobs.ts';
import { faultOfVector } from '../model/mix.ts';
import type { Announcement } from '../protocol/announcement.ts';
import { decodeRecipe, type Recipe } from '../protocol/recipe.ts';
import { decodeSegment, rootOfDigests, segmentRange } from '../protocol/segments.ts';
import type { Progress } from './progress.ts';
import { MAXIMUM_DOCUMENT_BYTES } from './pull-segments.ts';
import type { StudySetting } from './study-setting.ts';

const FLOAT_BYTES = 4;

/**
 * Takes over the base of a round from members that have signed it: the recipe that produced it, and the segments that it names. Bases that
 * more members name are tried first, so that no one member can choose; everything is held against the signed record, and what does not
 * lead to it is passed over.
 * @returns where the peer stands with that base, everything that it names on disk; null if none could be had
 */
export async function adoptBase(
  setting: StudySetting,
  round: number,
  signal: AbortSignal,
): Promise<Omit<Progress, 'mixed'> | null> {
  const candidates = setting.store
    .announcements()
    .filter(({ record }) => record.round === round && record.member !== setting.self);
  for (const announcement of byAgreement(candidates)) {
    const recipe = await obtainRecipe(setting, announcement, signal);
    if (recipe === null || !(await obtainModel(setting, recipe, announcement, signal))) {
      setting.logger.warn('peer.base-refused', { round, member: announcement.record.member });
      continue;
    }
    const { base, recipe: digest } = announcement.record;
    const baseSegments = recipe.segments.map(({ result }) => result);
    return { round, base, baseSegments, recipe: digest, valuation: null, utilityMicros: null, scoreErrorMicros: null };
  }
  return null;
}

/** Those first whose base most of them name; of equally many the lower digest, then the lower account. */
function byAgreement(announcements: readonly Announcement[]): Announcement[] {
  const naming = Map.groupBy(announcements, ({ record }) => record.base);
  const rank = ({ record }: Announcement): string => `${record.base}/${record.member}`;
  const count = ({ record }: Announcement): number => naming.get(record.base)?.length ?? 0;
  return announcements.toSorted((a, b) => count(b) - count(a) || (rank(a) < rank(b) ? -1 : 1));
}

/** The recipe of the member's own mix, if it says what the member has signed. */
async function obtainRecipe(
  setting: StudySetting,
  { record }: Announcement,
  signal: AbortSignal,
): Promise<Recipe | null> {
  await obtain(setting, record.member, [{ digest: record.recipe, maximumBytes: MAXIMUM_DOCUMENT_BYTES }], signal);
  const bytes = await setting.blobs.get(record.recipe);
  if (bytes === null) return null;
  try {
    const recipe = decodeRecipe(bytes);
    const isTheirs =
      recipe.study === record.study &&
      recipe.member === record.member &&
      recipe.round === record.round - 1 &&
      recipe.result === record.base &&
      recipe.segments.length === setting.manifest.segments &&
      rootOfDigests(recipe.segments.map(({ result }) => result)) === record.base;
    return isTheirs ? recipe : null;
  } catch {
    return null; // a recipe that cannot be read is nobody's base
  }
}

/** @returns true if all segments of the base are in the blob store, in their size and finite */
async function obtainModel(
  setting: StudySetting,
  recipe: Recipe,
  { record }: Announcement,
  signal: AbortSignal,
): Promise<boolean> {
  const { parameterCount } = setting.model.layout;
  const wants = recipe.segments.map(({ result }, segment) => {
    const { start, end } = segmentRange(parameterCount, recipe.segments.length, segment);
    return { digest: result, maximumBytes: FLOAT_BYTES * (end - start) };
  });
  await obtain(setting, record.member, wants, signal);
  for (const { digest, maximumBytes } of wants) {
    const bytes = await setting.blobs.get(digest);
    if (bytes === null || bytes.length !== maximumBytes || faultOfVector(decodeSegment(bytes)) !== null) return false;
  }
  return true;
}

async function obtain(
  { blobs, network }: StudySetting,
  owner: Hex,
  wants: readonly Omit<Order, 'providers'>[],
  signal: AbortSignal,
): Promise<void> {
  const providers = [owner, ...network.connectedMembers().filter((member) => member !== owner)];
  const held = await Promise.all(wants.map(({ digest }) => blobs.has(digest)));
  const missing = wants.filter((_, i) => !held[i]).map((want) => ({ ...want, providers }));
  await network.obtain(missing, blobs.putChecked, signal);
}
