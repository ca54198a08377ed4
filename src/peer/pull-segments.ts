import { fromHex, type Hex, sha256, toHex, ZERO_DIGEST } from '../base/bytes.ts';
import type { Order } from '../gossip/obtain-blobs.ts';
import { type MixPlan, planMix } from '../mixing/plan-mix.ts';
import { faultOfVector } from '../model/mix.ts';
import type { Announcement } from '../protocol/announcement.ts';
import { type PullSeed, pullPermutation } from '../protocol/pull-choice.ts';
import type { RecipeEntry, RecipeRefusal } from '../protocol/recipe.ts';
import { decodeUpdateSegment, encodedLength, readsBase } from '../protocol/segment-codec.ts';
import { segmentRange } from '../protocol/segments.ts';
import { cacheVectors } from './cache-vectors.ts';
import { PeerError } from './peer-error.ts';
import type { StudySetting } from './study-setting.ts';

/** A recipe or a site's metrics: small documents that are pulled along, so that evidence does not hang on one member. */
export const MAXIMUM_DOCUMENT_BYTES = 1024 * 1024;

export interface Pulled {
  readonly plan: MixPlan;
  readonly announcements: readonly Announcement[];
  readonly refused: readonly RecipeRefusal[];
  segmentOf(entry: number, segment: number): Promise<Float32Array>;
}

export interface PullQuestion {
  readonly round: number;
  /** A segment of the member's base in this round. */
  baseOf(segment: number): Promise<Float32Array>;
  readonly pulls: number;
  /** The member's own contribution among them. */
  readonly announcements: readonly Announcement[];
}

/** A segment of a contribution that the plan chose. */
interface Chosen {
  readonly announcement: Announcement;
  readonly segment: number;
  readonly digest: Hex;
  /** Number of parameters. */
  readonly length: number;
}

/**
 * Gets the segments that the seeded choice asks for into the blob store. A contribution that cannot be had in full, or that holds a
 * number that is not finite or out of range, is refused, and the choice is made again among the others.
 */
export async function pullSegments(
  setting: StudySetting,
  question: PullQuestion,
  signal: AbortSignal,
): Promise<Pulled> {
  const refused: RecipeRefusal[] = [];
  let candidates = question.announcements;
  await pullDocuments(setting, candidates, signal);
  for (;;) {
    const plan = planMix({
      member: setting.self,
      round: question.round,
      entries: candidates.map(toEntry),
      segments: setting.manifest.segments,
      pulls: question.pulls,
    });
    const announcements = plan.entries
      .map((entry) => candidates.find((a) => sameEntry(entry, a)))
      .filter((a) => a !== undefined);
    const faults = await pullChosen(setting, question, chosenBy(setting, plan, announcements), signal);
    if (faults.length === 0)
      return { plan, announcements, refused, segmentOf: readerOf(setting, question, announcements) };
    refused.push(...faults);
    candidates = candidates.filter((candidate) => !faults.some((fault) => sameEntry(fault, candidate)));
  }
}

function toEntry({ record }: Announcement): RecipeEntry {
  return { member: record.member, round: record.round, update: record.update };
}

function sameEntry(entry: Pick<RecipeEntry, 'member' | 'round'>, { record }: Announcement): boolean {
  return entry.member === record.member && entry.round === record.round;
}

function chosenBy(setting: StudySetting, plan: MixPlan, announcements: readonly Announcement[]): Chosen[] {
  return plan.sources.flatMap((sources, segment) =>
    sources.flatMap((source) => {
      const announcement = announcements[source];
      return announcement === undefined ? [] : [chosenSegment(setting, announcement, segment)];
    }),
  );
}

function chosenSegment(setting: StudySetting, announcement: Announcement, segment: number): Chosen {
  const { start, end } = segmentRange(setting.model.layout.parameterCount, setting.manifest.segments, segment);
  return { announcement, segment, digest: announcement.segments[segment] ?? ZERO_DIGEST, length: end - start };
}

/**
 * Fetches what is missing, judging each segment as it comes. One blob may be listed at several places, by several members: it is judged
 * at each of them, so that nobody can spoil another's segment by listing it where it does not fit.
 * @returns what cannot be mixed
 */
async function pullChosen(
  setting: StudySetting,
  question: PullQuestion,
  chosen: readonly Chosen[],
  signal: AbortSignal,
): Promise<RecipeRefusal[]> {
  const places = Map.groupBy(chosen, ({ digest }) => digest);
  const judged = new Map<Chosen, RecipeRefusal['reason'] | null>();
  const judge = async (digest: Hex, bytes: Uint8Array): Promise<void> => {
    for (const place of places.get(digest) ?? []) judged.set(place, await faultOf(setting, question, { place, bytes }));
  };
  const missing: Order[] = [];
  for (const [digest, listed] of places) {
    const bytes = await setting.blobs.get(digest);
    if (bytes === null) missing.push(orderFor(setting, listed));
    else await judge(digest, bytes);
  }
  const keep = async (digest: Hex, bytes: Uint8Array): Promise<void> => {
    await judge(digest, bytes);
    await setting.blobs.putChecked(digest, bytes);
  };
  await setting.network.obtain(missing, keep, signal);
  const faults = new Map<string, RecipeRefusal>();
  for (const place of chosen) {
    const reason = judged.has(place) ? judged.get(place) : 'unavailable';
    const { member, round } = place.announcement.record;
    if (reason && !faults.has(`${round}/${member}`)) faults.set(`${round}/${member}`, { member, round, reason });
  }
  return [...faults.values()];
}

/** What stands against mixing these bytes at this place, or null. */
async function faultOf(
  setting: StudySetting,
  question: PullQuestion,
  { place, bytes }: { place: Chosen; bytes: Uint8Array },
): Promise<RecipeRefusal['reason'] | null> {
  const vector = await readSegment(setting, question, { ...place, bytes });
  if (vector === null) return 'malformed';
  return faultOfVector(vector);
}

/** @returns null for bytes that the codec does not write */
async function readSegment(
  { manifest }: StudySetting,
  { baseOf }: PullQuestion,
  { announcement, segment, length, bytes }: Chosen & { bytes: Uint8Array },
): Promise<Float32Array | null> {
  const { round } = announcement.record;
  const base = readsBase(manifest, round) ? await baseOf(segment) : null;
  return decodeUpdateSegment(manifest, round, { bytes, length, base });
}

/** @param places where one blob is listed, at least one; it may be as long as the longest of them allows */
function orderFor(setting: StudySetting, places: readonly Chosen[]): Order {
  const [{ announcement, segment, digest }] = places as [Chosen];
  const { member, round, update } = announcement.record;
  const lengths = places.map((place) => encodedLength(setting.manifest, place.announcement.record.round, place.length));
  return {
    digest,
    maximumBytes: Math.max(...lengths),
    providers: providersOf(setting, member, { update, round, segment }),
  };
}

/**
 * Whoever made a blob is asked first, then the others that are connected, in an order that differs from blob to blob, so that they
 * share the work.
 */
export function providersOf(setting: StudySetting, owner: Hex, seed: PullSeed): Hex[] {
  const others = setting.network
    .connectedMembers()
    .filter((member) => member !== owner)
    .toSorted();
  const mixed = toHex(sha256(fromHex(seed.update), fromHex(setting.self)));
  const order = pullPermutation({ ...seed, update: mixed }, others.length);
  return [owner, ...order.flatMap((i) => others[i] ?? [])];
}

function readerOf(
  setting: StudySetting,
  question: PullQuestion,
  announcements: readonly Announcement[],
): Pulled['segmentOf'] {
  return cacheVectors((entry, segment) =>
    readChosen(setting, question, { announcement: announcements[entry], segment }),
  );
}

/** @throws PeerError `peer/data-folder-invalid` if the segment is gone since it was pulled */
async function readChosen(
  setting: StudySetting,
  question: PullQuestion,
  { announcement, segment }: { announcement: Announcement | undefined; segment: number },
): Promise<Float32Array> {
  const place = announcement && chosenSegment(setting, announcement, segment);
  const bytes = place && (await setting.blobs.get(place.digest));
  const vector = place && bytes && (await readSegment(setting, question, { ...place, bytes }));
  if (vector) return vector;
  throw new PeerError('peer/data-folder-invalid', `segment ${place?.digest} was pulled, and is missing or damaged now`);
}

async function pullDocuments(
  setting: StudySetting,
  announcements: readonly Announcement[],
  signal: AbortSignal,
): Promise<void> {
  const orders = announcements
    .filter(({ record }) => record.member !== setting.self)
    .flatMap(({ record }) =>
      [record.metrics, ...(record.round > 0 ? [record.recipe] : [])].map((digest, segment) => ({
        digest,
        maximumBytes: MAXIMUM_DOCUMENT_BYTES,
        providers: providersOf(setting, record.member, { update: record.update, round: record.round, segment }),
      })),
    );
  const held = await Promise.all(orders.map((order) => setting.blobs.has(order.digest)));
  const missing = orders.filter((_, i) => !held[i]);
  await setting.network.obtain(missing, setting.blobs.putChecked, signal);
}
