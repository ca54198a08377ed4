import { planMix, pullsOf } from '../mixing/plan-mix.ts';
import type { Contribution } from '../protocol/contribution.ts';
import type { Recipe } from '../protocol/recipe.ts';
import { rootOfDigests } from '../protocol/segments.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';
import type { FindingCode } from './finding.ts';

/** What is wrong with a recipe. */
export interface Contradiction {
  readonly code: FindingCode;
  readonly message: string;
  readonly segment?: number;
}

/**
 * Everything that a recipe can be held to without its segments: it is of this mix, agrees with the ledger, and its choice is the seed's.
 * @param after the contribution whose base the mix produced
 * @returns the first contradiction, or null
 */
export function findContradiction(subject: AuditSubject, recipe: Recipe, after: Contribution): Contradiction | null {
  const { manifest, contributions } = subject;
  const round = after.round - 1;
  const mismatch = (message: string) => ({ code: 'audit/recipe-mismatch' as const, message });
  if (recipe.study !== subject.study || recipe.round !== round) return mismatch('the recipe is of another mix');
  if (isAdopted(subject, recipe, after)) return findWrongAdoption(subject, recipe, after);
  const own = contributions.get(keyOf(round, recipe.member));
  if (own === undefined || own.base !== recipe.base)
    return mismatch('the recipe begins from another base than the contribution');
  if (recipe.result !== after.base)
    return mismatch('the next contribution is based on something else than the result of the mix');
  if (recipe.result !== rootOfDigests(recipe.segments.map((segment) => segment.result)))
    return mismatch('its segments do not lead to its result');
  for (const entry of recipe.entries) {
    if (contributions.get(keyOf(entry.round, entry.member))?.update !== entry.update) {
      return mismatch(`the contribution of ${entry.member} in round ${entry.round} is not the one on the ledger`);
    }
    const late = round - entry.round;
    if (late < 0 || late > manifest.staleness.boundRounds)
      return mismatch(`a contribution that is ${late} rounds late was mixed`);
  }
  if (new Set(recipe.entries.map((entry) => subject.accountNow(entry.member))).size !== recipe.entries.length)
    return mismatch('a member was mixed twice');
  return findWrongChoice(subject, recipe);
}

/** True for a contribution whose base is the outcome of another member's mix; the own one may have been made under an earlier key. */
export function isAdopted(
  { accountNow }: Pick<AuditSubject, 'accountNow'>,
  recipe: Pick<Recipe, 'member'>,
  after: Contribution,
): boolean {
  return accountNow(recipe.member) !== accountNow(after.member);
}

/** A base may be taken over from a member that has signed it for the same round, by who has nothing of its own to mix. */
function findWrongAdoption({ contributions }: AuditSubject, recipe: Recipe, after: Contribution): Contradiction | null {
  const wrong = (message: string) => ({ code: 'audit/adoption-wrong' as const, message });
  const theirs = contributions.get(keyOf(after.round, recipe.member));
  if (theirs === undefined || theirs.base !== after.base || theirs.recipe !== after.recipe) {
    return wrong(`the base is from a mix of ${recipe.member}, which has not signed it for this round`);
  }
  if (contributions.has(keyOf(after.round - 1, after.member))) {
    return wrong(
      `the base is from a mix of ${recipe.member}, although the member contributed to the round before and had its own to mix`,
    );
  }
  return null;
}

function findWrongChoice({ manifest }: AuditSubject, recipe: Recipe) {
  const { member, round, entries } = recipe;
  if (!entries.some((entry) => entry.member === member && entry.round === round)) {
    return { code: 'audit/recipe-mismatch' as const, message: 'the own contribution is not in the mix' };
  }
  const expected = planMix({ member, round, entries, segments: manifest.segments, pulls: pullsOf(manifest, round) });
  if (JSON.stringify(expected.entries) !== JSON.stringify(entries)) {
    return { code: 'audit/recipe-mismatch' as const, message: 'the contributions are not in their order' };
  }
  if (recipe.segments.length !== manifest.segments) {
    return {
      code: 'audit/recipe-mismatch' as const,
      message: 'the mix has another number of segments than the manifest says',
    };
  }
  const segment = expected.sources.findIndex((sources, i) => sources.join() !== recipe.segments[i]?.sources.join());
  if (segment < 0) return null;
  const message = `segment ${segment} was pulled from others than the seed chooses`;
  return { code: 'audit/pull-choice-wrong' as const, message, segment };
}
