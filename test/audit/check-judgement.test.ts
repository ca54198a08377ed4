import { describe, expect, test } from 'vitest';
import { auditStudy } from '../../src/audit/audit-study.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import type { Manifest } from '../../src/protocol/manifest.ts';
import type { Judgement, Recipe } from '../../src/protocol/recipe.ts';
import { bundleFiles } from './bundle-file.ts';
import { type Cheat, syntheticStudy } from './synthetic-study.ts';

const SCREENED: Manifest['aggregation'] = {
  rule: 'screened-mean',
  weightShareCap: 0.3,
  attackers: 1,
  attackersPerMix: 1,
  acceptsRisk: true,
  farFactor: 1.4,
  opposition: 0.3,
  clipFactor: 1,
  lowestStanding: -0.15,
  leastApproval: 0.3,
  trustedClipFactor: 8,
  memory: 0.9,
};

const bundleFile = bundleFiles();

async function findingsOf(cheat?: Cheat, aggregation: Manifest['aggregation'] | undefined = SCREENED) {
  const study = await syntheticStudy(cheat, undefined, 'float32', { aggregation });
  const bundle = await openBundle(await bundleFile(study));
  const { findings } = await auditStudy(bundle, { ledger: study.ledger });
  await bundle.close();
  return findings.map(({ code, member, round, message }) => ({ code, member, round, message }));
}

/** What a member states instead of its judgement in the last mix. */
function stating(change: (judgement: Judgement, recipe: Recipe) => Judgement | undefined): Cheat {
  return {
    member: 2,
    round: 1,
    recipe: ({ judgement, ...recipe }) => {
      const stated = judgement && change(judgement, { ...recipe, judgement });
      return stated === undefined ? recipe : { ...recipe, judgement: stated };
    },
  };
}

describe('what a mix went by', () => {
  test('is clean where everybody says what was heard', async () => {
    expect(await findingsOf()).toEqual([]);
  });

  test.each<[string, Cheat]>([
    [
      'other standings',
      stating((judgement) => ({
        ...judgement,
        standings: judgement.standings.map((standing) => ({ ...standing, micros: standing.micros - 1 })),
      })),
    ],
    ['nobody heard', stating((judgement) => ({ ...judgement, heard: [] }))],
    ['somebody heard who is not there', stating((judgement) => ({ ...judgement, heard: [...judgement.heard, 9] }))],
    ['a score of itself', stating((judgement) => ({ ...judgement, scores: judgement.scores.map(() => 1_000) }))],
    ['a score too few', stating((judgement) => ({ ...judgement, scores: judgement.scores.slice(1) }))],
    ['no judgement', stating(() => undefined)],
  ])('%s are found', async (_what, cheat) => {
    expect(await findingsOf(cheat)).toContainEqual(
      expect.objectContaining({ code: 'audit/recipe-mismatch', member: expect.any(String), round: 1 }),
    );
  });

  test('a judgement under a rule that hears none is found', async () => {
    const cheat: Cheat = {
      member: 2,
      round: 1,
      recipe: (recipe) => ({
        ...recipe,
        judgement: { scores: recipe.entries.map(() => null), heard: [], standings: [] },
      }),
    };
    expect(await findingsOf(cheat, { rule: 'clipped-mean', clipFactor: 3, weightShareCap: 0.5 })).toContainEqual(
      expect.objectContaining({ code: 'audit/recipe-mismatch', round: 1 }),
    );
  });
});
