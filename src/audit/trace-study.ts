import type { Hex } from '../base/bytes.ts';
import { sharesOf } from '../mixing/mix-shares.ts';
import type { Contribution } from '../protocol/contribution.ts';
import { participantsIn } from '../protocol/participants.ts';
import { decodeRecipe, type Recipe } from '../protocol/recipe.ts';
import { readsBase } from '../protocol/segment-codec.ts';
import { scoreReports } from '../valuation/score-reports.ts';
import { MINIMUM_EVALUATORS } from '../valuation/study-score.ts';
import { type CreditedMix, type TracedCredit, traceCredit } from '../valuation/trace-credit.ts';
import type { AuditSubject } from './audit-subject.ts';
import { isAdopted } from './check-recipe.ts';

/**
 * Follows the revealed scores of a study through the recipes of its recorded contributions. Recipes are taken at their word: the audit repeats them.
 * @returns null for a study that credits models: its scores do not tell training from relaying
 */
export async function traceStudy(subject: AuditSubject): Promise<TracedCredit | null> {
  const { manifest, log, contributions } = subject;
  if (manifest.valuation.credit === 'model') return null;
  const positions = new Map(
    participantsIn(log).flatMap(({ accounts, position }) => accounts.map((account) => [account, position] as const)),
  );
  const positionOf = (account: Hex): number => positions.get(account) ?? -1;
  const mixes: CreditedMix[] = [];
  const adoptions: { member: number; round: number; from: number }[] = [];
  for (const after of contributions.values()) {
    const recipe = after.round === 0 ? null : await readRecipe(subject, after);
    if (recipe === null) continue;
    const member = positionOf(after.member);
    if (isAdopted(recipe, after)) adoptions.push({ member, round: after.round, from: positionOf(recipe.member) });
    else mixes.push({ member, round: recipe.round, sources: creditSources(subject, recipe, positionOf) });
  }
  return traceCredit({
    members: subject.participants.length,
    rounds: manifest.rounds,
    mixes,
    adoptions,
    reports: scoreReports(log),
    minimumReports: MINIMUM_EVALUATORS,
  });
}

/** @returns null for a recipe that cannot be followed; the audit names it */
async function readRecipe({ bundle, study }: AuditSubject, after: Contribution): Promise<Recipe | null> {
  const bytes = await bundle.document(after.recipe);
  if (bytes === null) return null;
  try {
    const recipe = decodeRecipe(bytes);
    return recipe.study === study && recipe.round === after.round - 1 ? recipe : null;
  } catch {
    return null;
  }
}

/** What a mix was made of, by mean shares over its segments. */
function creditSources(
  { manifest }: AuditSubject,
  { entries, segments, member, round }: Recipe,
  positionOf: (account: Hex) => number,
): CreditedMix['sources'] {
  const own = entries.findIndex((entry) => entry.member === member && entry.round === round);
  const shares = entries.map(() => 0);
  for (const step of segments) {
    const ofSegment = sharesOf(manifest.aggregation.rule, step, own);
    for (const [i, source] of step.sources.entries())
      shares[source] = (shares[source] ?? 0) + (ofSegment[i] ?? 0) / segments.length;
  }
  return entries.flatMap((entry, i) => {
    const [position, share] = [positionOf(entry.member), shares[i] ?? 0];
    if (position < 0 || share === 0) return [];
    return { member: position, round: entry.round, share, isDifference: readsBase(manifest, entry.round) };
  });
}
