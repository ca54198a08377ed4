import type { Hex } from '../base/bytes.ts';
import type { Order } from '../gossip/obtain-blobs.ts';
import { architectureSchema } from '../model/architecture.ts';
import { initialParameters } from '../model/initial-parameters.ts';
import { faultOfVector } from '../model/mix.ts';
import type { Announcement } from '../protocol/announcement.ts';
import { decodeRecipe } from '../protocol/recipe.ts';
import { readsBase } from '../protocol/segment-codec.ts';
import { decodeSegment, rootOfDigests } from '../protocol/segments.ts';
import { keepModel, loadBaseSegment } from './base-model.ts';
import { cacheVectors } from './cache-vectors.ts';
import { PeerError } from './peer-error.ts';
import type { Progress } from './progress.ts';
import { type Pulled, providersOf } from './pull-segments.ts';
import type { StudySetting } from './study-setting.ts';

/** What the trainings behind the contributions of a mix changed. */
export interface Trainings {
  /** False for an entry of which it is not known what it was trained from. */
  readonly isKnown: readonly boolean[];
  /** Asked for only where the plan has the entry among the segment's sources. */
  readonly changeOf: (entry: number, segment: number) => Promise<Float32Array>;
}

/**
 * Gets the bases that the contributions of a mix were trained from, where they are others than the own one: of each the segments whose update was
 * pulled. Without one of them the contribution cannot be told from what its member handed on.
 */
export async function obtainTrainings(
  setting: StudySetting,
  progress: Progress,
  pulled: Pulled,
  signal: AbortSignal,
): Promise<Trainings> {
  const { blobs, network } = setting;
  const bases = await Promise.all(pulled.announcements.map((each) => segmentsOfBase(setting, progress, each)));
  const places = placesOf(pulled, bases);
  const held = await Promise.all(places.map(({ digest }) => blobs.has(digest)));
  const missing = places.filter((_, i) => !held[i]);
  const orders = await Promise.all(missing.map((place) => orderFor(setting, progress, place)));
  await network.obtain(orders, blobs.putChecked, signal);
  const isKnown = bases.map((digests) => digests !== null);
  for (const { entry, segment, digest } of places) {
    const [vector, own] = [await readSegment(setting, digest), await loadBaseSegment(blobs, progress, segment)];
    if (vector?.length !== own.length || faultOfVector(vector) !== null) isKnown[entry] = false;
  }
  const changeOf = cacheVectors(async (entry, segment) => {
    const [update, digest] = [await pulled.segmentOf(entry, segment), bases[entry]?.[segment]];
    const from = digest === undefined ? null : await readSegment(setting, digest);
    if (from !== null) return update.map((value, k) => value - (from[k] as number));
    throw new PeerError('peer/data-folder-invalid', `segment ${digest} was fetched, and is missing or damaged now`);
  });
  return { isKnown, changeOf };
}

/** A segment of a base that is to be had. */
interface Place {
  readonly entry: number;
  readonly segment: number;
  readonly announcement: Announcement;
  readonly digest: Hex;
}

function placesOf({ plan, announcements }: Pulled, bases: readonly (readonly Hex[] | null)[]): Place[] {
  return plan.sources.flatMap((entries, segment) =>
    entries.flatMap((entry) => {
      const [announcement, digest] = [announcements[entry], bases[entry]?.[segment]];
      return announcement === undefined || digest === undefined ? [] : [{ entry, segment, announcement, digest }];
    }),
  );
}

async function orderFor(setting: StudySetting, progress: Progress, place: Place): Promise<Order> {
  const { segment, digest } = place;
  const { member, update, round } = place.announcement.record;
  const { byteLength: maximumBytes } = await loadBaseSegment(setting.blobs, progress, segment);
  return { digest, maximumBytes, providers: providersOf(setting, member, { update, round, segment }) };
}

async function readSegment({ blobs }: StudySetting, digest: Hex): Promise<Float32Array | null> {
  const bytes = await blobs.get(digest);
  return bytes === null || bytes.length % Float32Array.BYTES_PER_ELEMENT !== 0 ? null : decodeSegment(bytes);
}

/** Digests of the segments that a contribution's training began from, as far as the reader of its update can know; null where they are not known. */
async function segmentsOfBase(
  { manifest, blobs }: StudySetting,
  progress: Progress,
  { record }: Announcement,
): Promise<readonly Hex[] | null> {
  // What is sent as differences was added to the reader's own base.
  if (record.base === progress.base || readsBase(manifest, record.round)) return progress.baseSegments;
  if (record.round === 0) {
    const initial = initialParameters(architectureSchema.parse(manifest.architecture), manifest.initialModel.seed);
    const { root, digests } = await keepModel(blobs, initial, manifest.segments);
    return root === record.base ? digests : null;
  }
  const bytes = await blobs.get(record.recipe);
  if (bytes === null) return null;
  try {
    const digests = decodeRecipe(bytes).segments.map(({ result }) => result);
    return digests.length === manifest.segments && rootOfDigests(digests) === record.base ? digests : null;
  } catch {
    return null; // a recipe that cannot be read names no base; the audit names it
  }
}
