import type { Hex } from '../base/bytes.ts';
import type { Order } from '../gossip/obtain-blobs.ts';
import { type MixPlan, planMix } from '../mixing/plan-mix.ts';
import { isFiniteVector } from '../model/mix.ts';
import type { Announcement } from '../protocol/announcement.ts';
import type { RecipeEntry, RecipeRefusal } from '../protocol/recipe.ts';
import { decodeSegment, segmentRange } from '../protocol/segments.ts';
import type { StudySetting } from './study-setting.ts';

/** A recipe or a site's metrics: small documents that are pulled along, so that evidence does not hang on one member. */
const MAXIMUM_DOCUMENT_BYTES = 1024 * 1024;

export interface Pulled {
  readonly plan: MixPlan;
  readonly announcements: readonly Announcement[];
  readonly refused: readonly RecipeRefusal[];
  segmentOf(entry: number, segment: number): Float32Array;
}

export interface PullQuestion {
  readonly round: number;
  readonly pulls: number;
  /** The member's own contribution among them. */
  readonly announcements: readonly Announcement[];
}

/**
 * Gets the segments that the seeded choice asks for. A contribution that cannot be had in full, or that holds a number that is not
 * finite, is refused, and the choice is made again among the others.
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
    await fetchMissing(setting, segmentOrders(setting, plan, announcements), signal);
    const { segments, faults } = await loadSegments(setting, plan, announcements);
    if (faults.length === 0) {
      const segmentOf = (entry: number, segment: number): Float32Array =>
        segments.get(`${entry}/${segment}`) ?? new Float32Array(0);
      return { plan, announcements, refused, segmentOf };
    }
    refused.push(...faults);
    candidates = candidates.filter(
      ({ record }) => !faults.some((f) => f.member === record.member && f.round === record.round),
    );
  }
}

function toEntry({ record }: Announcement): RecipeEntry {
  return { member: record.member, round: record.round, update: record.update };
}

function sameEntry(entry: RecipeEntry, { record }: Announcement): boolean {
  return entry.member === record.member && entry.round === record.round;
}

/** Whoever made a blob is asked first, then the others that are connected. */
function providersOf(setting: StudySetting, owner: Hex): Hex[] {
  return [owner, ...setting.network.connectedMembers().filter((member) => member !== owner)];
}

function segmentOrders(setting: StudySetting, plan: MixPlan, announcements: readonly Announcement[]): Order[] {
  const { parameterCount } = setting.model.layout;
  return plan.sources.flatMap((sources, segment) => {
    const { start, end } = segmentRange(parameterCount, plan.sources.length, segment);
    return sources.flatMap((source) => {
      const announcement = announcements[source];
      const digest = announcement?.segments[segment];
      if (announcement === undefined || digest === undefined || announcement.record.member === setting.self) return [];
      return { digest, maximumBytes: 4 * (end - start), providers: providersOf(setting, announcement.record.member) };
    });
  });
}

async function fetchMissing(setting: StudySetting, orders: readonly Order[], signal: AbortSignal): Promise<void> {
  const held = await Promise.all(orders.map((order) => setting.blobs.has(order.digest)));
  const missing = orders.filter((_, i) => !held[i]);
  await setting.network.obtain(missing, async (_digest, bytes) => void (await setting.blobs.put(bytes)), signal);
}

async function pullDocuments(
  setting: StudySetting,
  announcements: readonly Announcement[],
  signal: AbortSignal,
): Promise<void> {
  const orders = announcements
    .filter(({ record }) => record.member !== setting.self)
    .flatMap(({ record }) =>
      [record.metrics, ...(record.round > 0 ? [record.recipe] : [])].map((digest) => ({
        digest,
        maximumBytes: MAXIMUM_DOCUMENT_BYTES,
        providers: providersOf(setting, record.member),
      })),
    );
  await fetchMissing(setting, orders, signal);
}

async function loadSegments(setting: StudySetting, plan: MixPlan, announcements: readonly Announcement[]) {
  const segments = new Map<string, Float32Array>();
  const faults: RecipeRefusal[] = [];
  for (const [segment, sources] of plan.sources.entries()) {
    const { start, end } = segmentRange(setting.model.layout.parameterCount, plan.sources.length, segment);
    for (const source of sources) {
      const announcement = announcements[source];
      if (announcement === undefined) continue;
      const bytes = await setting.blobs.get(announcement.segments[segment] ?? '0x');
      const vector = bytes?.length === 4 * (end - start) ? decodeSegment(bytes) : null;
      if (vector !== null && isFiniteVector(vector)) {
        segments.set(`${source}/${segment}`, vector);
        continue;
      }
      const { member, round } = announcement.record;
      const reason = vector === null ? 'unavailable' : 'not-finite';
      if (!faults.some((fault) => fault.member === member)) faults.push({ member, round, reason });
    }
  }
  return { segments, faults };
}
