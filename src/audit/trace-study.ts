import type { Hex } from '../base/bytes.ts';
import { participantsIn } from '../protocol/participants.ts';
import { scoreReports } from '../valuation/score-reports.ts';
import { MINIMUM_EVALUATORS } from '../valuation/study-score.ts';
import { type CreditedMix, type TracedCredit, traceCredit } from '../valuation/trace-credit.ts';
import type { AuditSubject } from './audit-subject.ts';
import { isAdopted } from './check-recipe.ts';
import { sharesInMix } from './mix-sources.ts';
import { readMixRecipe } from './read-mix-recipe.ts';

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
    const recipe = after.round === 0 ? null : await readMixRecipe(subject, after);
    if (recipe === null) continue;
    const member = positionOf(after.member);
    if (isAdopted(subject, recipe, after))
      adoptions.push({ member, round: after.round, from: positionOf(recipe.member) });
    else {
      const sources = sharesInMix(manifest, recipe).map((source) => ({ ...source, member: positionOf(source.member) }));
      mixes.push({ member, round: recipe.round, sources: sources.filter((source) => source.member >= 0) });
    }
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
