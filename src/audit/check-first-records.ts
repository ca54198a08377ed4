import { firstRoundOfStudy, isLeftOut } from '../protocol/continuation.ts';
import type { Contribution } from '../protocol/contribution.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { Finding } from './finding.ts';

type BeginningOfStudy = Pick<Manifest, 'continues' | 'initialModel'>;

/**
 * How a study begins: from the initial model; or, if it continues another one, each member from the base that the manifest names, in the
 * round that it names, and nobody who is left out.
 */
export function checkFirstRecords(contributions: readonly Contribution[], manifest: BeginningOfStudy): Finding[] {
  const begin = firstRoundOfStudy(manifest);
  const starts = new Map(manifest.continues?.bases.map((start) => [start.member, start]));
  return contributions.flatMap(({ member, round, base, recipe }): Finding[] => {
    const place = { member, round };
    if (isLeftOut(manifest, member)) {
      const message = 'a contribution of a member that the study is to be without';
      return [{ code: 'audit/continuation-wrong', ...place, message }];
    }
    if (round < begin) {
      const message = `a contribution to a round before ${begin}, the first of this study`;
      return [{ code: 'audit/continuation-wrong', ...place, message }];
    }
    if (round > begin) return [];
    const start = begin === 0 ? { base: manifest.initialModel.digest, recipe } : starts.get(member);
    if (start?.base === base && start.recipe === recipe) return [];
    const message =
      begin === 0
        ? "the first base is not the study's initial model"
        : 'the first base, or its recipe, is not the one that the manifest names for the member';
    return [{ code: 'audit/recipe-mismatch', ...place, message }];
  });
}
