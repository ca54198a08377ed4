import { beforeAll, describe, expect, test } from 'vitest';
import { auditSubject } from '../../src/audit/audit-subject.ts';
import { checkTiming } from '../../src/audit/check-timing.ts';
import type { Evidence } from '../../src/audit/evidence.ts';
import type { Bundle } from '../../src/audit/read-bundle.ts';
import type { Hex } from '../../src/base/bytes.ts';
import { decodeRecipe, encodeRecipe, type Recipe } from '../../src/protocol/recipe.ts';
import { DOMAIN, memberAccount } from '../builders.ts';
import { type SyntheticStudy, syntheticStudy } from './synthetic-study.ts';

let honest: SyntheticStudy;
beforeAll(async () => void (honest = await syntheticStudy()));

/** The check over the honest study, whose recipes and log somebody may have changed. */
function timing(recipe: (recipe: Recipe) => Recipe = (same) => same, log: Evidence['log'] = honest.evidence.log) {
  const documents = async (digest: Hex): Promise<Uint8Array | null> => {
    const bytes = honest.blobs.get(digest);
    return bytes === undefined ? null : encodeRecipe(recipe(decodeRecipe(bytes)));
  };
  const bundle: Pick<Bundle, 'evidence' | 'document'> = { evidence: honest.evidence, document: documents };
  return checkTiming(auditSubject({ domain: DOMAIN, manifest: honest.manifest, bundle: bundle as Bundle, log }));
}

const [mixer, author] = [memberAccount(2), memberAccount(3)];

/** In its mix of round 1 the mixer takes the contribution of round 0 instead, as if it had come late. */
const late = (recipe: Recipe): Recipe => ({
  ...recipe,
  entries: recipe.entries.map((entry) =>
    entry.member === author && recipe.round === 1 ? { ...entry, round: 0 } : entry,
  ),
});

describe('when contributions are mixed', () => {
  test('an honest study has nothing to tell', async () => {
    expect(await timing()).toEqual({ findings: [], notices: [] });
  });

  test('one that the same member mixes again is a finding', async () => {
    const { findings } = await timing((recipe) => (recipe.member === mixer ? late(recipe) : recipe));
    expect(findings).toMatchObject([{ code: 'audit/recipe-mismatch', member: mixer, round: 1 }]);
  });

  test('one that is in time on the ledger, and that everybody mixed a round late, is a notice', async () => {
    const without = (recipe: Recipe): Recipe => ({
      ...recipe,
      entries: recipe.entries.filter(
        (entry) => entry.member !== author || recipe.member === author || recipe.round > 0,
      ),
    });
    const { findings, notices } = await timing((recipe) => (recipe.member === author ? recipe : late(without(recipe))));
    expect(findings).toEqual([]);
    expect(notices).toMatchObject([{ member: author, round: 0, message: expect.stringContaining('in a later round') }]);
  });

  test('one that was recorded late, and mixed in its round, is a notice: the chain was late', async () => {
    const isIt = ({ kind, record }: Evidence['log'][number]): boolean =>
      kind === 'contribution' && record.member === author && record.round === 0;
    const { log } = honest.evidence;
    const moved = [...log.filter((entry) => !isIt(entry)), ...log.filter(isIt)];
    const { notices } = await timing(
      undefined,
      moved.map((entry, sequence) => ({ ...entry, sequence })),
    );
    expect(notices).toMatchObject([
      { member: author, round: 0, message: expect.stringContaining('the chain was late') },
    ]);
  });
});
