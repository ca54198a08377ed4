import type { Hex } from '../base/bytes.ts';
import { isConsiliumError, messageOf } from '../base/errors.ts';
import { computeMix, type MixInput } from '../mixing/compute-mix.ts';
import type { MixPlan } from '../mixing/plan-mix.ts';
import { faultOfVector } from '../model/mix.ts';
import { firstRoundOfStudy } from '../protocol/continuation.ts';
import type { Contribution } from '../protocol/contribution.ts';
import { decodeRecipe, type Recipe } from '../protocol/recipe.ts';
import { decodeUpdateSegment } from '../protocol/segment-codec.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';
import { checkFirstRecords } from './check-first-records.ts';
import { findWrongJudgement } from './check-judgement.ts';
import { findContradiction, isAdopted } from './check-recipe.ts';
import type { Finding, FindingCode, Notice } from './finding.ts';
import { loadFirstBases, type ReplayBase } from './load-first-bases.ts';

export interface ReplayReport {
  /** Mixes that were repeated and came out the same, bit for bit. */
  readonly replayed: number;
  readonly findings: Finding[];
  readonly notices: Notice[];
}

/** Which mixes are repeated, and who is told of what meanwhile. */
export interface ReplayRun {
  /** False for a contribution whose base need not be derived; all are if it is left out. */
  readonly isWanted?: (contribution: Contribution) => boolean;
  /** Told after each mix. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Given the base of each contribution that the mixes lead to. */
  readonly onBase?: (contribution: Contribution, base: Segments) => Promise<void>;
}

type Segments = readonly Float32Array[];

/**
 * Repeats every mix from the initial model on: the segment choice from the seed, weights and clipping from the records, and the result
 * bit for bit. Memory holds one model a member.
 */
export async function replayMixes(
  subject: AuditSubject,
  { isWanted = () => true, onProgress = () => {}, onBase = async () => {} }: ReplayRun = {},
): Promise<ReplayReport> {
  const report: ReplayReport = { replayed: 0, findings: [], notices: [] };
  const { bases, findings } = await loadFirstBases(subject);
  const begin = firstRoundOfStudy(subject.manifest);
  const wanted = [...subject.contributions.values()].filter(isWanted);
  report.findings.push(...findings, ...checkFirstRecords(wanted, subject.manifest));
  if (bases.size === 0) return report;
  const mixes = inOrderOfReplay(subject).filter(isWanted);
  for (const first of wanted.filter(({ round }) => round === begin)) {
    const base = bases.get(subject.accountNow(first.member));
    if (base !== undefined) await onBase(first, base.segments);
  }
  let replayed = 0;
  for (const [done, after] of mixes.entries()) {
    const replay = await replayOne(subject, after, bases);
    report.findings.push(...replay.findings);
    report.notices.push(...replay.notices);
    if (replay.segments !== null) {
      bases.set(subject.accountNow(after.member), { round: after.round, root: after.base, segments: replay.segments });
      replayed += replay.isAdopted ? 0 : 1;
      await onBase(after, replay.segments);
    }
    onProgress(done + 1, mixes.length);
  }
  return { ...report, replayed };
}

/** By round; in a round those first that mixed themselves, because others may have taken over what came out. */
function inOrderOfReplay(subject: AuditSubject): Contribution[] {
  const later = [...subject.contributions.values()].filter(({ round }) => round > firstRoundOfStudy(subject.manifest));
  const mixed = new Map<Contribution, boolean>();
  const recorded = new Set(
    [...subject.contributions.values()].map((each) => keyOf(each.round, subject.accountNow(each.member))),
  );
  for (const after of later) mixed.set(after, recorded.has(keyOf(after.round - 1, subject.accountNow(after.member))));
  return later.toSorted((a, b) => a.round - b.round || Number(mixed.get(b)) - Number(mixed.get(a)));
}

interface OneReplay {
  readonly segments: Segments | null;
  /** True where nothing was mixed, and another member's base was taken over. */
  readonly isAdopted?: boolean;
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
}

/** Repeats the mix whose result `after` names as its base; findings carry the round that was mixed. */
async function replayOne(
  subject: AuditSubject,
  after: Contribution,
  bases: ReadonlyMap<Hex, ReplayBase>,
): Promise<OneReplay> {
  const { member } = after;
  const round = after.round - 1;
  const fail = (code: FindingCode, message: string, segment?: number): OneReplay => ({
    segments: null,
    findings: [{ code, member, round, message, ...(segment === undefined ? {} : { segment }) }],
    notices: [],
  });
  const bytes = await subject.bundle.document(after.recipe);
  if (bytes === null)
    return fail('audit/recipe-missing', `the recipe of the mix after round ${round} is not in the bundle`);
  let recipe: Recipe;
  try {
    recipe = decodeRecipe(bytes);
  } catch (error) {
    const reason = isConsiliumError(error) ? messageOf(error) : 'not of the form of a recipe';
    return fail('audit/recipe-mismatch', `the recipe cannot be read: ${reason}`);
  }
  const odd = findContradiction(subject, recipe, after) ?? (await findWrongJudgement(subject, recipe));
  if (odd !== null) return fail(odd.code, odd.message, odd.segment);
  const before = bases.get(subject.accountNow(member));
  if (isAdopted(subject, recipe, after)) return takenOver(recipe, after, bases.get(subject.accountNow(recipe.member)));
  if (before === undefined || before.round !== round || before.root !== recipe.base) {
    // The finding stands where the chain of mixes broke; what follows from it is not another one.
    const message = `the mix after round ${round} could not be replayed, because an earlier one could not`;
    return { segments: null, findings: [], notices: [{ member, round, message }] };
  }
  const loaded = await loadSources(subject, recipe, before.segments);
  if (typeof loaded === 'string') return fail('audit/mix-not-replayable', loaded);
  const mixed: Float32Array[] = [];
  const mix: MixInput = {
    manifest: subject.manifest,
    round,
    plan: planOf(recipe),
    standings: recipe.judgement?.standings ?? [],
    samples: recipe.entries.map((entry) => subject.contributions.get(keyOf(entry.round, entry.member))?.samples ?? 0),
    baseOf: async (segment) => before.segments[segment] ?? new Float32Array(0),
    segmentOf: async (entry, segment) => loaded.get(`${entry}/${segment}`) ?? new Float32Array(0),
  };
  const outcome = await computeMix(mix, async (parameters) => void mixed.push(parameters));
  const differing = outcome.steps.findIndex((step, i) => JSON.stringify(step) !== JSON.stringify(recipe.segments[i]));
  if (differing >= 0)
    return fail('audit/mix-differs', `segment ${differing} of the mix comes out differently`, differing);
  return { segments: mixed, findings: [], notices: refusals(recipe) };
}

/** The base that another member's mix gave, as it was replayed. */
function takenOver(recipe: Recipe, after: Contribution, theirs: ReplayBase | undefined): OneReplay {
  const place = { member: after.member, round: after.round - 1 };
  const message =
    theirs?.round === after.round && theirs.root === after.base
      ? `went on from the base of ${recipe.member}, having no contribution to the round before`
      : `the base taken over from ${recipe.member} could not be replayed, because its mix could not`;
  const segments = theirs?.round === after.round && theirs.root === after.base ? theirs.segments : null;
  return { segments, isAdopted: true, findings: [], notices: [{ ...place, message }] };
}

function planOf({ entries, segments, member, round }: Recipe): MixPlan {
  const own = entries.findIndex((entry) => entry.member === member && entry.round === round);
  return { entries, sources: segments.map((segment) => segment.sources), own };
}

/** Loads what was mixed. @returns the vectors by `entry/segment`, or what is missing */
async function loadSources(
  subject: AuditSubject,
  recipe: Recipe,
  base: Segments,
): Promise<Map<string, Float32Array> | string> {
  const vectors = new Map<string, Float32Array>();
  for (const [segment, { sources }] of recipe.segments.entries()) {
    for (const source of sources) {
      const entry = recipe.entries[source];
      const announcement = entry && subject.announcements.get(keyOf(entry.round, entry.member));
      const bytes = announcement && (await subject.bundle.segment(announcement.segments[segment] ?? '0x'));
      if (!bytes)
        return `segment ${segment} of the update of ${entry?.member} in round ${entry?.round} is not in the bundle or is damaged`;
      const own = base[segment] ?? new Float32Array(0);
      const vector = decodeUpdateSegment(subject.manifest, entry?.round ?? 0, {
        bytes,
        length: own.length,
        base: own,
      });
      if (vector === null || faultOfVector(vector) !== null) {
        return `segment ${segment} of the update of ${entry?.member} in round ${entry?.round} should have been refused: its size is wrong, its bytes are none that the codec writes, or a number is not finite or out of range`;
      }
      vectors.set(`${source}/${segment}`, vector);
    }
  }
  return vectors;
}

function refusals({ member, round, refused }: Recipe): Notice[] {
  return refused.map((refusal) => ({
    member,
    round,
    message: `did not mix the contribution of ${refusal.member} in round ${refusal.round}: ${refusal.reason}`,
  }));
}
