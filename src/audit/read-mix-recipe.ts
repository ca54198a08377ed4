import type { Contribution } from '../protocol/contribution.ts';
import { decodeRecipe, type Recipe } from '../protocol/recipe.ts';
import type { AuditSubject } from './audit-subject.ts';

/**
 * The recipe of the mix that gave a contribution its base.
 * @returns null for one that is missing, cannot be read or is of another mix; the audit names it
 */
export async function readMixRecipe(
  { bundle, study }: Pick<AuditSubject, 'bundle' | 'study'>,
  after: Pick<Contribution, 'recipe' | 'round'>,
): Promise<Recipe | null> {
  const bytes = await bundle.document(after.recipe);
  if (bytes === null) return null;
  try {
    const recipe = decodeRecipe(bytes);
    return recipe.study === study && recipe.round === after.round - 1 ? recipe : null;
  } catch {
    return null;
  }
}
